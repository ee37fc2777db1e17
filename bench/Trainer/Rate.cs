using System.Diagnostics;
using System.Text.Json.Serialization;

namespace SmallBatch.Bench.Trainer;

/// <summary>What a block of steps took.</summary>
/// <param name="Images">Images trained on.</param>
/// <param name="Wall">Seconds by the clock.</param>
/// <param name="Cpu">Seconds of the process on a core: what it costs on a machine that others share.</param>
internal sealed record Rate(
    [property: JsonPropertyName("images")] long Images,
    [property: JsonPropertyName("wall")] double Wall,
    [property: JsonPropertyName("cpu")] double Cpu)
{
    /// <summary>Seconds that this process has been on a core.</summary>
    public static double CpuNow => Environment.CpuUsage.TotalTime.TotalSeconds;

    /// <summary>Images a second by the clock.</summary>
    public double ByWall => Images / Wall;

    /// <summary>Images a second of CPU time.</summary>
    public double ByCpu => Images / Cpu;

    /// <summary>Whole steps until so much CPU time is spent; a step answers its images.</summary>
    public static Rate Of(Func<int> step, double seconds)
    {
        var (images, clock, from) = (0L, Stopwatch.StartNew(), CpuNow);
        while (true)
        {
            images += step();
            if (CpuNow - from >= seconds)
            {
                return new(images, clock.Elapsed.TotalSeconds, CpuNow - from);
            }
        }
    }

    /// <summary>What one call takes.</summary>
    public static Rate Once(Action action) => Of(() => { action(); return 1; }, 0);

    /// <summary>The median; of an even number the mean of the middle two.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
