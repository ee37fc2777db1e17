using System.Globalization;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Results;

/// <summary>The answer in one sentence: what was trained, the best batch size, the evidence, and what it cannot be told from.</summary>
internal static class AnswerSentence
{
    /// <summary>The sentence of an analysis; <paramref name="best"/> is null where nothing can be named, <paramref name="partial"/> true before the end.</summary>
    public static string Of(SweepSnapshot sweep, SweepSpec? spec, IReadOnlyList<PlannedConfiguration> plan, Analysis analysis, Candidate? best, bool partial)
    {
        var trained = $"{(sweep.Phase == SweepPhase.Limited ? "Ended by its limit, on" : partial ? "So far, on" : "On")} {sweep.Dataset}, {sweep.Network} for {sweep.Budget}";
        if (best is null)
        {
            return $"{trained}: no batch size has a base learning rate at which every replica trained{(partial ? "" : ", so none can be named")}.";
        }

        var deviation = best.Cell.StandardDeviation is { } s ? $" ± {Points(s)}" : "";
        string[] parts =
        [
            $"{trained}: batch size {best.BatchSize} at base learning rate {best.Cell.BaseLearningRate} performs best, {Points(best.Cell.Mean!.Value)}{deviation} % {(sweep.ValidationImages is null || analysis.Confirmed ? "test" : "validation")} accuracy {Evidence(analysis, best.Cell, spec)}",
            Apart(analysis, best.Cell.Replicas, partial),
            .. RuledOut(sweep),
            .. Margin(analysis),
            .. LeftOut(analysis),
            .. Search(analysis),
            $"{Selection(sweep, spec)}, and {(sweep.Budget.Contains("update", StringComparison.Ordinal) ? "equal updates give large batches more images" : "equal epochs give small batches more updates")} ({Updates(plan)})",
        ];
        return $"{string.Join("; ", parts)}.";
    }

    private static string Evidence(Analysis analysis, CellSummary best, SweepSpec? spec) => (analysis.Confirmed, best.Replicas) switch
    {
        (false, var seeds) when SelectedElsewhere(analysis, spec) => $"over {seeds} seed{(seeds == 1 ? "" : "s")}",
        (true, 1) => "with 1 fresh seed",
        (true, _) => $"over {best.Replicas} fresh seeds",
        (false, 1) => "with the 1 seed that selected it; selection not confirmed",
        _ => $"over the {best.Replicas} seeds that selected it; selection not confirmed",
    };

    /// <summary>Whether another sweep chose the one η̃ of every batch size, so that no mean here is of a winner.</summary>
    public static bool SelectedElsewhere(Analysis analysis, SweepSpec? spec) =>
        spec?.From is not null && analysis.Cells.Where(c => c.Stage == Stage.Grid).GroupBy(c => c.BatchSize).All(g => g.Count() == 1);

    private static string Apart(Analysis analysis, int seeds, bool partial)
    {
        var candidates = Candidates(analysis);
        var others = candidates.Length - 1;
        var detectable = analysis.BatchSizes.Where(b => analysis.NotToldApart.Contains(b.BatchSize)).Max(b => b.Detectable);
        var power = detectable is { } d ? $", where {seeds} seeds show a difference of {Points(d)} points four times in five" : "";
        return (analysis.NotToldApart.Length, others) switch
        {
            (0, 0) => partial ? "no other batch size has a result yet" : "no other batch size trained",
            (0, _) => partial ? "all others with a result are told apart from it at 5 %" : "all others are told apart from it at 5 %",
            _ => $"{Named(analysis.NotToldApart)} cannot be told from it at 5 %{power}",
        };
    }

    private static IEnumerable<string> Margin(Analysis analysis)
    {
        if (Candidates(analysis).Length > 1)
        {
            var margin = string.Create(CultureInfo.InvariantCulture, $"within {analysis.Delta:0.###} points of its mean");
            yield return analysis.WithinDelta.Length switch
            {
                0 => $"no other lies {margin}",
                1 => $"{Named(analysis.WithinDelta)} lies {margin}",
                _ => $"{Named(analysis.WithinDelta)} lie {margin}",
            };
        }
    }

    private static IEnumerable<string> LeftOut(Analysis analysis)
    {
        if (analysis.LeftOut.Length > 0)
        {
            yield return $"{Named(analysis.LeftOut)} cannot be the best, since not every seed trained";
        }
    }

    private static IEnumerable<string> RuledOut(SweepSnapshot sweep)
    {
        if (sweep.RuledOut is { Length: > 0 } ruledOut)
        {
            yield return $"{Named(ruledOut)} {(ruledOut.Length == 1 ? "was" : "were")} told apart on the grid already and trained no fresh seeds";
        }
    }

    private static IEnumerable<string> Search(Analysis analysis)
    {
        if (analysis.Rungs.Length > 0)
        {
            var (left, all) = (analysis.Cells.Count(c => c.LeftOutAfter is not null), analysis.Cells.Count(c => c.Stage == Stage.Grid));
            yield return $"{left} of {all} cells of the grid were left out after a shorter budget";
        }
    }

    /// <summary>The batch sizes that were compared.</summary>
    private static int[] Candidates(Analysis analysis) =>
        [.. analysis.BatchSizes.Where(b => b.Selected is not null && !analysis.LeftOut.Contains(b.BatchSize)).Select(b => b.BatchSize)];

    private static string Selection(SweepSnapshot sweep, SweepSpec? spec) => spec?.From is { } from
        ? $"η̃ of each batch size is what {from.Sweep} ({from.SweepId}) chose"
        : sweep.ValidationImages is { } kept ? $"η̃ was selected on {kept} validation images that nothing trained on"
        : "η̃ was selected on the test images too";

    private static string Updates(IReadOnlyList<PlannedConfiguration> plan) =>
        string.Join(", ", plan.Where(p => p.Stage == Stage.Grid).DistinctBy(p => p.BatchSize).OrderBy(p => p.BatchSize).Select(p => $"{p.Updates} at m = {p.BatchSize}"));

    private static string Named(int[] batchSizes) => $"batch size{(batchSizes.Length == 1 ? "" : "s")} {string.Join(", ", batchSizes)}";

    private static string Points(double share) => (100 * share).ToString("F1", CultureInfo.InvariantCulture);
}
