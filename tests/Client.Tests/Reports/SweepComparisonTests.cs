using SmallBatch.Client.Views;
using SmallBatch.Reports;
using Spectre.Console;

namespace SmallBatch.Client.Tests.Reports;

public sealed class SweepComparisonTests
{
    private const string Spec = "name: a\ndataset: cifar10\nnetwork: resnet8\nbatchSizes: [2, 8]\nbaseLearningRates: [2^-9, 2^-7]\nepochs: 15\n";
    private static readonly string[] Low = ["grid,2,2^-9,0.60 0.61 0.62", "grid,8,2^-9,0.60 0.61 0.62"];
    private static readonly string[] High = ["grid,2,2^-9,0.70 0.71 0.72", "grid,8,2^-9,0.61 0.60 0.62", "grid,32,2^-9,0.5 0.5 0.5"];

    [Fact]
    public void Batch_sizes_are_told_apart_where_the_seeds_show_it_and_settings_are_named()
    {
        var comparison = SweepComparison.Of(GoldenSweep.Of(Low, Spec, "a"), GoldenSweep.Of(High, Spec + "warmup: { fraction: 0.05, from: 1/32 }\n", "b"));
        Assert.Equal(["warmup"], comparison.Settings.Select(s => s.Key));
        Assert.Null(comparison.Settings[0].A);
        Assert.Equal([2, 8, 32], comparison.BatchSizes.Select(b => b.BatchSize));
        Assert.Equal(0.1, comparison.BatchSizes[0].Difference!.Value, 1e-12);

        // Two rows: each at 97.5 %. t(4; 0.9875) = 3.4954; s = 0.01 and n = 3 on both sides.
        Assert.Equal(0.1 - (3.4954 * 0.01 * Math.Sqrt(2.0 / 3)), comparison.BatchSizes[0].Interval!.Low, 1e-6);
        Assert.Null(comparison.BatchSizes[2].Interval);
        var text = Show(comparison);
        Assert.Matches(@"│ 2 .*\+10\.0 .*│ yes ", text);
        Assert.Matches(@"│ 8 .*│ no ", text);
        Assert.Contains("warmup", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sweep_that_is_not_finished_is_compared_so_far()
    {
        var comparison = SweepComparison.Of(GoldenSweep.Of(Low, Spec, "a"), GoldenSweep.Of([.. Low[..1], "grid,8,2^-9,0.60 ? ?"], Spec, "b"));
        Assert.Contains("holds so far", Show(comparison), StringComparison.Ordinal);
        Assert.Contains("Both have the same settings.", Show(comparison), StringComparison.Ordinal);
    }

    private static string Show(SweepComparison comparison)
    {
        var writer = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No });
        console.Profile.Width = 160;
        ComparisonView.Write(console, OutputFormat.Table, comparison);
        return writer.ToString();
    }
}
