using SmallBatch.Reports;
using Spectre.Console;

namespace SmallBatch.Client.Views;

/// <summary>Two sweeps side by side.</summary>
internal static class ComparisonView
{
    /// <summary>The settings in which they differ, then the batch sizes; JSON and CSV carry the batch sizes' numbers.</summary>
    public static void Write(IAnsiConsole console, OutputFormat format, SweepComparison comparison)
    {
        if (format == OutputFormat.Json)
        {
            Output.Document(console, comparison);
            return;
        }

        if (format == OutputFormat.Table)
        {
            if (comparison.IsPartial)
            {
                Output.Prose(console, "• Not every configuration of both is complete; what follows holds so far.");
            }

            if (comparison.Settings.Count == 0)
            {
                Output.Prose(console, "Both have the same settings.");
            }
            else
            {
                ListTable.Write<ComparedSetting>(console, comparison.Settings, [new("setting", s => s.Key), new(comparison.A, s => s.A ?? "-", Wraps: true), new(comparison.B, s => s.B ?? "-", Wraps: true)]);
            }
        }

        Output.List<ComparedBatchSize>(
            console,
            format,
            comparison.BatchSizes,
            new("m", b => b.BatchSize),
            new($"{comparison.A} η̃", b => b.A?.BaseLearningRate ?? "-"),
            new(comparison.A, b => b.A is null ? "-" : Format.Cell(b.A)),
            new($"{comparison.B} η̃", b => b.B?.BaseLearningRate ?? "-"),
            new(comparison.B, b => b.B is null ? "-" : Format.Cell(b.B)),
            new("difference", b => b.Difference is { } d ? Format.Points(d) : "-"),
            new("interval", b => b.Interval is { } i ? $"{Format.Points(i.Low)} to {Format.Points(i.High)}" : "-"),
            new("told apart", b => b.Interval is { } i ? i.Low > 0 || i.High < 0 ? "yes" : "no" : "-"));
        if (format == OutputFormat.Table)
        {
            Output.Prose(console, $"Points of test accuracy, {comparison.B} less {comparison.A}, each batch size at its best η̃, over fresh seeds where there are some. Interval: Welch's, 95 % for all rows together.");
        }
    }
}
