using System.Globalization;
using System.Text;
using Azure.Data.Tables;

namespace SmallBatch.AzureStorage.GrainState;

/// <summary>A payload cut into properties: <c>Data</c>, <c>Data1</c> … <c>Data14</c>, or <c>StringData</c> …, as the official provider does.</summary>
internal static class TablePayload
{
    /// <summary>Most bytes of one payload: 15 properties of 64 kB.</summary>
    public const int MostBytes = MostChunks * BytesPerChunk;

    /// <summary>Most characters of one text payload: 15 properties of 32 k characters, which take two bytes each.</summary>
    public const int MostCharacters = MostChunks * CharactersPerChunk;
    private const int MostChunks = 15;
    private const int BytesPerChunk = 64 * 1024;
    private const int CharactersPerChunk = 32 * 1024;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private const string Binary = "Data";
    private const string Text = "StringData";

    /// <summary>Writes bytes. Throws <see cref="ArgumentOutOfRangeException"/> before any input or output where they do not fit.</summary>
    public static void Write(TableEntity entity, ReadOnlyMemory<byte> payload)
    {
        if (payload.Length > MostBytes)
        {
            throw new ArgumentOutOfRangeException(nameof(payload), $"The state of {entity.RowKey} in {entity.PartitionKey} takes {payload.Length} bytes, wanted at most {MostBytes}. Keep less in it, or store it as a blob.");
        }

        for (var chunk = 0; chunk * BytesPerChunk < payload.Length; chunk++)
        {
            entity[Name(Binary, chunk)] = payload[(chunk * BytesPerChunk)..Math.Min(payload.Length, (chunk + 1) * BytesPerChunk)].ToArray();
        }
    }

    /// <summary>
    /// Writes bytes as text. Throws <see cref="ArgumentOutOfRangeException"/> where it does not fit, and
    /// <see cref="DecoderFallbackException"/> where the bytes are not UTF-8: nothing is ever cut short or replaced.
    /// </summary>
    public static void WriteText(TableEntity entity, ReadOnlyMemory<byte> payload)
    {
        var text = StrictUtf8.GetString(payload.Span);
        var (chunk, at) = (0, 0);
        for (; at < text.Length && chunk < MostChunks; chunk++)
        {
            var length = Math.Min(text.Length - at, CharactersPerChunk);
            if (char.IsHighSurrogate(text[at + length - 1]))
            {
                // Half a surrogate pair is no text: it would arrive as U+FFFD.
                length--;
            }

            entity[Name(Text, chunk)] = text.Substring(at, length);
            at += length;
        }

        if (at < text.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(payload), $"The state of {entity.RowKey} in {entity.PartitionKey} takes {text.Length} characters, wanted at most {MostCharacters}. Use the binary form, or store it as a blob.");
        }
    }

    /// <summary>The payload, whichever way it was written; empty where the row was cleared.</summary>
    public static BinaryData Read(TableEntity entity)
    {
        using var bytes = new MemoryStream();
        for (var chunk = 0; chunk < MostChunks && entity.TryGetValue(Name(Binary, chunk), out var value); chunk++)
        {
            bytes.Write(value as byte[] ?? (value is BinaryData data ? data.ToArray() : Convert.FromBase64String((string)value)));
        }

        if (bytes.Length > 0)
        {
            return new(bytes.ToArray());
        }

        var text = new StringBuilder();
        for (var chunk = 0; chunk < MostChunks && entity.TryGetValue(Name(Text, chunk), out var value); chunk++)
        {
            text.Append((string)value);
        }

        return new(text.ToString());
    }

    /// <summary>Whether two rows carry the same payload in the same form.</summary>
    public static bool Equal(TableEntity one, TableEntity other) =>
        one.ContainsKey(Text) == other.ContainsKey(Text) && Read(one).ToMemory().Span.SequenceEqual(Read(other).ToMemory().Span);

    private static string Name(string prefix, int chunk) => chunk == 0 ? prefix : prefix + chunk.ToString(CultureInfo.InvariantCulture);
}
