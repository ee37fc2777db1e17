using SmallBatch.Bench.Chaos.History;

namespace SmallBatch.Bench.Chaos.Reports;

/// <summary>Steps that were trained more than once, of all that were needed.</summary>
/// <param name="Needed">Updates of every configuration, once.</param>
/// <param name="ByRows">Again, by runs.csv: what an attempt is known to have reached, less what the next one began with.</param>
/// <param name="ByHistory">Again, by the trainers' own words, those of trainers that were cut off included.</param>
internal sealed record TwiceTrained(long Needed, long ByRows, long ByHistory)
{
    /// <summary>Counts them.</summary>
    public static TwiceTrained Of(ChaosOutcome outcome)
    {
        var byRows = outcome.Results.Runs.GroupBy(r => r.Key, StringComparer.Ordinal)
            .Sum(g => Pairs(g.OrderBy(r => r.Run.Attempt).Select(r => (r.Run.ResumedFromStep, r.Run.ReachedStep))));
        var byHistory = outcome.Events.OfType<HistoryEvent.StepReached>().GroupBy(s => s.Configuration, StringComparer.Ordinal)
            .Sum(g => Pairs(g.GroupBy(s => s.Token, StringComparer.Ordinal).OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => (t.Min(s => s.Step), t.Max(s => s.Step)))));
        var needed = outcome.Results.Replicas.GroupBy(r => (r.Stage, r.BatchSize, r.BaseLearningRate)).Sum(g => g.First().Updates);
        return new(needed, byRows, byHistory);
    }

    private static long Pairs(IEnumerable<(long From, long To)> attempts)
    {
        var all = attempts.ToList();
        return all.Zip(all.Skip(1), (before, after) => Math.Max(0, before.To - after.From)).Sum();
    }
}
