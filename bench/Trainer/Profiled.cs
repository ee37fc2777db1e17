using System.Globalization;

namespace SmallBatch.Bench.Trainer;

/// <summary>One row's steps and nothing else, for a profiler or for oneDNN's own account (ONEDNN_VERBOSE=1).</summary>
internal static class Profiled
{
    private const double Seconds = 5;

    /// <summary>Prints a line where the steps begin and one where they have ended.</summary>
    /// <param name="row">Network and batch size: <c>resnet20,2</c>.</param>
    public static void Run(string row)
    {
        var (network, m) = (row.Split(',')[0], int.Parse(row.Split(',')[1], CultureInfo.InvariantCulture));
        using var product = new Product(network, m);
        Console.WriteLine($"begin: groups {product.Sizes}");
        var rate = Rate.Of(product.Step, Seconds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"end: {rate.Images} images, {rate.ByCpu:F0} a second of CPU time, {rate.ByWall:F0} by the clock"));
    }
}
