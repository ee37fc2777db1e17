using SmallBatch.Client.Views;
using SmallBatch.Contracts.Results;
using SmallBatch.Pictures;
using Spectre.Console;

namespace SmallBatch.Client.Charts;

/// <summary>Pictures as text, for a console of 80 columns or more; in colours only where the console has them, and legible without.</summary>
internal static class InlineCharts
{
    private const int Narrowest = 80, Widest = 120;

    /// <summary>The kinds that are drawn as text, in order.</summary>
    public static IReadOnlyList<PictureKind> Kinds { get; } = [PictureKind.Best, PictureKind.Accuracy, PictureKind.HeatMap, PictureKind.Ranges];

    /// <summary>Prints the chart of a sweep; answers why there is none, or null.</summary>
    public static string? Print(IAnsiConsole console, SweepResults results, PictureKind kind)
    {
        var width = console.Profile.Out.IsTerminal ? Math.Clamp(console.Profile.Width, Narrowest, Widest) : Narrowest;
        Action? draw = kind switch
        {
            PictureKind.Best => BestChart.Of(console, results, width),
            PictureKind.Accuracy => AccuracyChart.Of(console, results, width),
            PictureKind.HeatMap => HeatMapChart.Of(console, results, width),
            PictureKind.Ranges => RangesChart.Of(console, results, width),
            _ => null,
        };
        if (draw is null)
        {
            return Kinds.Contains(kind) ? "nothing of it is trained yet" : "this kind is drawn to files only, without --inline";
        }

        var cells = results.Analysis.Cells;
        var missing = cells.Count(c => !c.Complete);
        Output.Plain(console, $"{results.Sweep.Name}: {Title(kind)}{(missing > 0 ? $" (so far: {cells.Length - missing} of {cells.Length} cells)" : "")}");
        draw();
        Output.Plain(console, "");
        return null;
    }

    private static string Title(PictureKind kind) => kind switch
    {
        PictureKind.Best => "best test accuracy against m, %",
        PictureKind.Accuracy => "test accuracy against η̃, %",
        PictureKind.HeatMap => "test accuracy over m × η̃, %",
        _ => "η̃ that train, for each m",
    };
}
