namespace SmallBatch.Silo.Trainers;

/// <summary>The last lines of one attempt: what the trainer wrote to standard error, and what its host did.</summary>
internal sealed class AttemptLog(TimeProvider time)
{
    private const int MostLines = 2000;
    private readonly Queue<string> lines = new();

    /// <summary>Adds a line with the time.</summary>
    public void Add(string line)
    {
        lock (lines)
        {
            if (lines.Count == MostLines)
            {
                lines.Dequeue();
            }

            lines.Enqueue($"{time.GetUtcNow():yyyy-MM-dd HH:mm:ss.fff}Z {line}");
        }
    }

    /// <summary>The last <paramref name="most"/> lines.</summary>
    public string Tail(int most)
    {
        lock (lines)
        {
            return string.Join('\n', lines.TakeLast(most));
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Tail(MostLines) + "\n";
}
