namespace SmallBatch.Bench.Store;

/// <summary>One way of doing one thing, for one caller after another.</summary>
/// <param name="Name">What it is called in the table.</param>
/// <param name="Run">Does it once for a caller, 0 to callers − 1.</param>
/// <param name="Undo">Makes room for the next time, where that is needed: it counts in the rate and not in the latency.</param>
internal sealed record Operation(string Name, Func<int, Task> Run, Func<int, Task>? Undo = null);

/// <summary>What blocks of one operation measured.</summary>
internal sealed class Measured
{
    /// <summary>Operations a second, one figure a block.</summary>
    public List<double> Throughput { get; } = [];

    /// <summary>Milliseconds of every operation.</summary>
    public List<double> Latency { get; } = [];

    /// <summary>Bytes allocated an operation, one figure a block.</summary>
    public List<double> Allocated { get; } = [];

    /// <summary>The value below which this part of all lies.</summary>
    public static double Quantile(IEnumerable<double> values, double part)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(part * sorted.Length))];
    }
}
