using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Sweeps;

namespace SmallBatch.Grains.Verification;

/// <summary>What in a sweep's store does not agree, purely: rows, blobs and state, one line for each.</summary>
internal static partial class SweepComparison
{
    /// <summary>Every disagreement of one reading, by place.</summary>
    public static IReadOnlyList<Disagreement> Of(StoredSweep sweep)
    {
        var all = sweep.All;
        var complete = SweepConfigurations.Complete(all, sweep.Results).ToHashSet(StringComparer.Ordinal);
        var givenUp = SweepConfigurations.GivenUp(all, sweep.Attempts).Except(complete).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. OfSweep(sweep),
            .. OfDecisions(sweep, complete, givenUp),
            .. sweep.Shorter.SelectMany(s => OfDecisions(sweep with { State = s.State, Plan = s.Plan, Configurations = s.Configurations, Shorter = [] }, complete, givenUp)),
            .. OfDamaged(sweep),
            .. OfResults(sweep, complete, givenUp),
            .. OfAttempts(sweep, complete, givenUp),
            .. OfStates(sweep, complete, givenUp),
            .. OfBlobs(sweep),
        ];
    }

    /// <summary>The sweep's place in the index and its leases.</summary>
    private static IEnumerable<Disagreement> OfSweep(StoredSweep sweep)
    {
        if (sweep.Indexed is null || (!sweep.Over && sweep.Indexed == false))
        {
            yield return new(
                sweep.Name,
                sweep.Indexed is null ? "the index of sweeps does not have it" : "the index of sweeps takes it for one that is over, and it is not",
                $"{Submit(sweep)}: it is written into the index again");
        }

        foreach (var lease in sweep.Over ? sweep.Leases : [])
        {
            yield return new(
                lease.ConfigurationKey,
                $"{lease.Slot} of {lease.Host} is leased to it, and its sweep is over",
                "wait for the next heartbeats; if it stays, 'smallbatch pool show' says how that host stands");
        }
    }

    /// <summary>What it decided on one budget: what goes on after a rung, what is confirmed, and how many replicas there are.</summary>
    private static IEnumerable<Disagreement> OfDecisions(StoredSweep sweep, HashSet<string> complete, HashSet<string> givenUp)
    {
        var ended = new HashSet<string>(complete.Concat(givenUp), StringComparer.Ordinal);
        foreach (var decided in SweepConfigurations.Decide(sweep.Plan, sweep.State with { Decisions = [] }, sweep.Configurations, ended, sweep.Results))
        {
            if (sweep.State.Decisions.FirstOrDefault(d => d.BatchSize == decided.BatchSize && d.GridSize == decided.GridSize) is { } stored && stored != decided)
            {
                yield return new(
                    sweep.Name,
                    $"it confirms η̃ = {stored.BaseLearningRate ?? "none"} at m = {stored.BatchSize}, and the result rows choose {decided.BaseLearningRate ?? "none"}",
                    "a result row was changed after it was chosen: restore the table from a copy, or delete the sweep and submit it again");
            }
        }

        foreach (var decided in SweepSearch.Decide(sweep.Plan, sweep.State, sweep.Configurations, ended, sweep.Results, anew: true))
        {
            if (sweep.State.RungDecisions.FirstOrDefault(d => (d.BatchSize, d.Rung, d.Basis) == (decided.BatchSize, decided.Rung, decided.Basis)) is { } stored && !stored.Kept.SequenceEqual(decided.Kept))
            {
                yield return new(
                    sweep.Name,
                    $"after rung {decided.Rung} it goes on with η̃ = {string.Join(", ", stored.Kept)} at m = {decided.BatchSize}, and the result rows keep {string.Join(", ", decided.Kept)}",
                    "a result row was changed after it was decided: restore the table from a copy, or delete the sweep and submit it again");
            }
        }

        if (sweep is { Plan.Spec.StopWhenDecided: true, State.Stop: { } stop } && SweepStop.RuledOut(sweep.Plan, sweep.State) is not null
            && SweepStop.RuledOut(sweep.Plan, sweep.Configurations, sweep.Results) is var ruledOut && !ruledOut.SequenceEqual(stop.BatchSizes))
        {
            yield return new(
                sweep.Name,
                $"it trains no fresh seeds at m = {string.Join(", ", stop.BatchSizes)}, and the result rows rule out {string.Join(", ", ruledOut)}",
                "a result row was changed after it was decided: restore the table from a copy, or delete the sweep and submit it again");
        }

        foreach (var decided in SweepReplicas.Decide(sweep.Plan, sweep.State with { ReplicaDecisions = [] }, sweep.Configurations, ended, sweep.Results))
        {
            if (sweep.State.ReplicaDecisions.FirstOrDefault(d => (d.Stage, d.BatchSize, d.Basis) == (decided.Stage, decided.BatchSize, decided.Basis)) is { } stored && !stored.Cells.SequenceEqual(decided.Cells))
            {
                yield return new(
                    sweep.Name,
                    $"it trains other numbers of {(decided.Stage == Stage.Grid ? $"replicas at m = {decided.BatchSize}" : "fresh seeds")} than the result rows ask for",
                    "a result row was changed after it was decided: restore the table from a copy, or delete the sweep and submit it again");
            }
        }
    }

    private static IEnumerable<Disagreement> OfDamaged(StoredSweep sweep) => sweep.Damaged.Select(d => new Disagreement(
        $"{d.Table} {d.RowKey}",
        $"the row cannot be read: {d.Problem}",
        $"restore it from a copy, or delete it and {Submit(sweep)}: what is missing is trained"));

    private static string Submit(StoredSweep sweep) => $"submit the specification of {sweep.Name} again";

    private static string Replicas(IEnumerable<int> replicas) => $"[{string.Join(", ", replicas)}]";
}
