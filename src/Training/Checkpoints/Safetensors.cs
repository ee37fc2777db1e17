using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SmallBatch.Training.Checkpoints;

/// <summary>One tensor of a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>F32</c> or <c>F64</c>.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Bytes">Its values, row-major, little-endian.</param>
internal sealed record StoredTensor(string Name, string Type, long[] Shape, byte[] Bytes);

/// <summary>
/// The safetensors format: eight bytes of header length, a JSON header, the tensors' bytes; other tools open it. The
/// metadata's <c>sha256</c> covers the whole file with that one value zeroed, so that a flipped bit anywhere is found.
/// </summary>
internal static class Safetensors
{
    private const string HashKey = "sha256";
    private static readonly string Blank = new('0', 64);

    /// <summary>The file's bytes.</summary>
    public static byte[] Write(IReadOnlyDictionary<string, string> metadata, IReadOnlyList<StoredTensor> tensors)
    {
        var meta = new JsonObject();
        foreach (var (key, value) in metadata)
        {
            meta[key] = value;
        }

        meta[HashKey] = Blank;
        var header = new JsonObject { ["__metadata__"] = meta };
        long offset = 0;
        foreach (var tensor in tensors)
        {
            header[tensor.Name] = new JsonObject
            {
                ["dtype"] = tensor.Type,
                ["shape"] = new JsonArray([.. tensor.Shape.Select(s => JsonValue.Create(s))]),
                ["data_offsets"] = new JsonArray(offset, offset + tensor.Bytes.Length),
            };
            offset += tensor.Bytes.Length;
        }

        var text = header.ToJsonString();
        text = text.PadRight((Encoding.UTF8.GetByteCount(text) + 7) / 8 * 8);
        var headerBytes = Encoding.UTF8.GetBytes(text);
        var file = new byte[8 + headerBytes.Length + offset];
        BinaryPrimitives.WriteInt64LittleEndian(file, headerBytes.Length);
        headerBytes.CopyTo(file, 8);
        var at = 8 + headerBytes.Length;
        foreach (var tensor in tensors)
        {
            tensor.Bytes.CopyTo(file, at);
            at += tensor.Bytes.Length;
        }

        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(file)), file.AsSpan(HashPlace(file)));
        return file;
    }

    /// <summary>Reads and verifies a file. Throws <see cref="InvalidDataException"/> saying what is wrong with it.</summary>
    public static (IReadOnlyDictionary<string, string> Metadata, IReadOnlyDictionary<string, StoredTensor> Tensors) Read(byte[] file)
    {
        if (file.Length < 8 || BinaryPrimitives.ReadInt64LittleEndian(file) is var length && (length < 2 || length > file.Length - 8))
        {
            throw new InvalidDataException($"{file.Length} bytes whose header does not fit; the file is truncated or no safetensors file");
        }

        try
        {
            var place = HashPlace(file);
            var stated = Encoding.ASCII.GetString(file, place, Blank.Length);
            var blanked = (byte[])file.Clone();
            Encoding.ASCII.GetBytes(Blank, blanked.AsSpan(place));
            if (Convert.ToHexStringLower(SHA256.HashData(blanked)) != stated)
            {
                throw new InvalidDataException("its bytes do not have the hash that it states; it is damaged or truncated");
            }

            var header = JsonNode.Parse(file.AsSpan(8, (int)length))!.AsObject();
            var tensors = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
            foreach (var (name, node) in header.Where(h => h.Key != "__metadata__"))
            {
                var offsets = node!["data_offsets"]!.AsArray().Select(o => o!.GetValue<long>()).ToArray();
                var shape = node["shape"]!.AsArray().Select(s => s!.GetValue<long>()).ToArray();
                var bytes = file.AsSpan((int)(8 + length + offsets[0]), (int)(offsets[1] - offsets[0])).ToArray();
                tensors[name] = new(name, node["dtype"]!.GetValue<string>(), shape, bytes);
            }

            return (header["__metadata__"]!.AsObject().ToDictionary(m => m.Key, m => m.Value!.GetValue<string>()), tensors);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or NullReferenceException or ArgumentException or FormatException)
        {
            throw new InvalidDataException($"no readable header: {failure.Message}", failure);
        }
    }

    private static int HashPlace(byte[] file)
    {
        var marker = Encoding.ASCII.GetBytes($"\"{HashKey}\":\"");
        var at = file.AsSpan().IndexOf(marker);
        return at >= 0 && at + marker.Length + Blank.Length <= file.Length
            ? at + marker.Length
            : throw new InvalidDataException("no hash in its metadata; it was not written by this trainer, or is damaged");
    }
}
