using System.Globalization;
using SmallBatch.Contracts.Results;
using SmallBatch.Specs.Sweeps;
using SmallBatch.Statistics;

namespace SmallBatch.Reports.Claims;

/// <summary>Claim 8: the same for fewer and for more epochs. Seeds of equal number share initialisation and order, so gains are compared seed by seed.</summary>
internal static class LongerHelps
{
    public const string Wanted = "two sweeps that differ in epochs alone";

    public static bool Pair(SweepEvidence shorter, SweepEvidence longer) =>
        shorter.HasEpochBudget && longer.HasEpochBudget && shorter.Spec!.Budget.Amount < longer.Spec!.Budget.Amount && Pairs.Agree(shorter, longer, s => s with { Budget = new(BudgetUnit.Epochs, 1) });

    public static (Verdict, string) Judge(SweepEvidence shorter, SweepEvidence longer)
    {
        var common = longer.BatchSizes.Select(b => b.BatchSize).Intersect(shorter.BatchSizes.Select(b => b.BatchSize)).Order().ToList();
        if (common.Count < 2)
        {
            return (Verdict.Untested, "the two sweeps have fewer than two batch sizes in common");
        }

        var (small, large) = (Gains(shorter, longer, common[0]), Gains(shorter, longer, common[^1]));
        if (small.Count < 2 || large.Count < 2)
        {
            return (Verdict.Untested, $"m = {common[0]} and m = {common[^1]} have not two trained seeds in each");
        }

        var (atSmall, atLarge) = (Sample.Of(small), Sample.Of(large));
        var largest = longer.BatchSizes.First(b => b.BatchSize == common[^1]);
        var numbers = string.Create(CultureInfo.InvariantCulture, $"{shorter.Spec!.Budget.Amount} to {longer.Spec!.Budget.Amount} epochs gain {100 * atSmall.Mean:F1} points at m = {common[0]} and {100 * atLarge.Mean:F1} at m = {common[^1]}; the longer's best {SweepEvidence.Told(longer.Best!)}, its largest {SweepEvidence.Told(largest)}");
        return WelchTest.PValue(atLarge, atSmall) < Pairs.Level && longer.IsWorse(largest) ? (Verdict.Confirmed, numbers)
            : WelchTest.PValue(atSmall, atLarge) < Pairs.Level ? (Verdict.Contradicted, $"small m gains more ({numbers})")
            : longer.Best!.BatchSize == common[^1] && shorter.IsWorse(shorter.BatchSizes.First(b => b.BatchSize == common[^1])) ? (Verdict.Contradicted, $"the gap is closed ({numbers})")
            : (Verdict.Untested, $"{numbers}: no difference that these seeds show");
    }

    private static List<double> Gains(SweepEvidence shorter, SweepEvidence longer, int batchSize)
    {
        var before = Scores(shorter, batchSize);
        return [.. Scores(longer, batchSize).Where(s => before.ContainsKey(s.Key)).Select(s => s.Value - before[s.Key])];
    }

    private static Dictionary<int, double> Scores(SweepEvidence sweep, int batchSize)
    {
        var b = sweep.BatchSizes.First(x => x.BatchSize == batchSize);
        return (b.Confirmed ?? b.Selected) is { } cell
            ? sweep.Figures.Replicas(cell).Where(r => r is { Outcome: OutcomeKind.Trained, Score: not null }).ToDictionary(r => r.Replica, r => r.Score!.Value)
            : [];
    }
}
