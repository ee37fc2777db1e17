using System.Text;

namespace SmallBatch.Bench.Chaos.Silos;

/// <summary>Follows the logs in a folder while they are written: every line is read once, however often somebody looks.</summary>
internal sealed class LogFollower(string folder)
{
    private readonly Dictionary<string, long> positions = [];
    private readonly List<string> lines = [];

    /// <summary>Every whole line so far, those of one log in their order.</summary>
    public IReadOnlyList<string> Lines()
    {
        foreach (var file in Directory.EnumerateFiles(folder, "silo-*.log"))
        {
            var position = positions.GetValueOrDefault(file);
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            stream.Position = position;
            var bytes = new byte[stream.Length - position];
            var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var end = bytes.AsSpan(0, read).LastIndexOf((byte)'\n') + 1;
            lines.AddRange(Encoding.UTF8.GetString(bytes, 0, end).Split('\n').SkipLast(1));
            positions[file] = position + end;
        }

        return lines;
    }
}
