namespace SmallBatch.Bench.Scale.Cluster;

/// <summary>
/// Reads a sweep's events as a page does, every byte of each, until one says that the sweep is complete. Of an event it keeps only the beginning, where the
/// sweep's phase stands: its readers share the cores with what is measured.
/// </summary>
internal sealed class EventReader
{
    private const int Kept = 16 * 1024;
    private readonly byte[] line = new byte[Kept];
    private int length;
    private bool isComplete;

    /// <summary>Events so far, of every kind.</summary>
    public int Events { get; private set; }

    /// <summary>Those of them that were the whole status: the first, and one more whenever it was too slow to be told of changes alone.</summary>
    public int Snapshots { get; private set; }

    /// <summary>All bytes so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Reads them all. Throws where the stream ends before the sweep does.</summary>
    public async Task ReadAsync(HttpClient http, string sweep)
    {
        using var stream = await http.GetStreamAsync(new Uri($"api/v1/sweeps/{sweep}/events", UriKind.Relative));
        var buffer = new byte[64 * 1024];
        while (!isComplete)
        {
            var read = await stream.ReadAsync(buffer);
            if (read == 0)
            {
                throw new InvalidOperationException($"events of {sweep}: found the end of the stream after {Events} of them, wanted one that says that the sweep is complete");
            }

            Take(buffer.AsSpan(0, read));
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        Bytes += bytes.Length;
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            var kept = part[..Math.Min(part.Length, Kept - length)];
            kept.CopyTo(line.AsSpan(length));
            length += kept.Length;
            if (end < 0)
            {
                return;
            }

            Line(line.AsSpan(0, length));
            length = 0;
            bytes = bytes[(end + 1)..];
        }
    }

    private void Line(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("event: "u8))
        {
            Events++;
            Snapshots += text.EndsWith(" snapshot"u8) ? 1 : 0;
        }
        else if (text.StartsWith("data: "u8))
        {
            isComplete |= text.IndexOf("\"phase\":\"completed\""u8) >= 0;
        }
    }
}
