using SmallBatch.Bench.Chaos.History;
using SmallBatch.Bench.Chaos.Strikes;

namespace SmallBatch.Bench.Chaos.Reports;

/// <summary>What a strike cost one configuration that it struck.</summary>
/// <param name="Kind">The strike's kind.</param>
/// <param name="Elsewhere">Whether it went on under another lease; else its trainer lived and went on.</param>
/// <param name="Detected">From the strike until its lease was given up; null where it never was.</param>
/// <param name="Recovered">From the strike until a trainer was a step further.</param>
/// <param name="StepsLost">Steps done when it was struck, less those that the next attempt began with; 0 where the trainer went on.</param>
/// <param name="IntervalSteps">Most steps between two of its committed checkpoints before.</param>
internal sealed record Recovery(string Kind, bool Elsewhere, TimeSpan? Detected, TimeSpan Recovered, long StepsLost, long IntervalSteps)
{
    /// <summary>What a strike cost, by the run's history. A configuration that the strike met at its very end, with nothing left to train, is left out.</summary>
    public static IEnumerable<Recovery> Of(Strike strike, IReadOnlyList<HistoryEvent> events)
    {
        foreach (var (configuration, token) in strike.Leases)
        {
            var history = events.Where(e => e.Configuration == configuration).ToList();
            var given = history.Where(e => e.At >= strike.At && e is HistoryEvent.TokenGivenUp or HistoryEvent.EndTaken)
                .Where(e => e switch { HistoryEvent.TokenGivenUp g => g.Token == token, HistoryEvent.EndTaken t => t.Token == token && t.End != "Completed", _ => false })
                .Select(e => (DateTimeOffset?)e.At).Min();
            var steps = history.OfType<HistoryEvent.StepReached>().ToList();
            var reached = steps.Where(s => s.Token == token && s.At <= strike.At).Select(s => s.Step).DefaultIfEmpty().Max();

            // Its own trainer counts from when nothing holds it any more; another lease's from its second word, the first step done.
            var own = steps.Where(s => s.Token == token && s.At >= strike.Healed && s.Step > reached).Select(s => (DateTimeOffset?)s.At).Min();
            var later = steps.Where(s => string.CompareOrdinal(s.Token, token) > 0).GroupBy(s => s.Token, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
            var other = later.SelectMany(g => g.Where(s => s.Step > g.First().Step)).Select(s => (DateTimeOffset?)s.At).Min();
            if (own is { } here && (given is null || given > here))
            {
                // Whatever ended that lease later was another strike.
                yield return new(strike.Kind, false, null, here - strike.At, 0, Interval(history, strike.At));
            }
            else if (other is { } elsewhere)
            {
                yield return new(strike.Kind, true, given - strike.At, elsewhere - strike.At, Math.Max(0, reached - later[0].First().Step), Interval(history, strike.At));
            }
        }
    }

    private static long Interval(IReadOnlyList<HistoryEvent> history, DateTimeOffset before)
    {
        var committed = history.OfType<HistoryEvent.CheckpointTaken>().Where(c => c.At <= before).Select(c => c.Step).Prepend(0).Order().ToList();
        return committed.Zip(committed.Skip(1), (a, b) => b - a).DefaultIfEmpty().Max();
    }
}
