namespace SmallBatch.Protocol.Tests;

/// <summary>Each guard is needed: with that one off, the search finds the promise broken.</summary>
public sealed class GuardTests(ITestOutputHelper output)
{
    private static readonly Bounds[] Searches =
    [
        new("a beat built before Start", 1, 1, 0, 0) { Off = Guard.LostOnlyAfterStart },
        new("an outcome on its way", 1, 1, 0, 0) { Off = Guard.FinishingListed },
        new("a late checkpoint", 1, 1, 2, 1, (Fault.Late, 1)) { Off = Guard.CheckpointOrder },
        new("a checkpoint whose answer is lost", 1, 1, 1, 1, (Fault.Lost, 1)) { Off = Guard.CheckpointToldAgain },
        new("a cut-off host's checkpoint", 1, 2, 1, 1, (Fault.Cut, 1)) { Off = Guard.TokenAtCheckpoint },
        new("a cut-off host's outcome", 1, 2, 0, 1, (Fault.Cut, 1)) { Off = Guard.TokenAtOutcome },
        new("two activations of a configuration", 1, 2, 0, 2, (Fault.TwoActivations, 1), (Fault.Silence, 1)) { Off = Guard.ConfigurationTag },
        new("two activations of the pool", 2, 1, 0, 1, (Fault.TwoActivations, 1)) { Off = Guard.LeaseTags },
        new("an old pool that stays", 2, 1, 0, 1, (Fault.TwoActivations, 1)) { Off = Guard.StepDown },
        new("a late Start", 2, 1, 0, 1, (Fault.Late, 1), (Fault.Doubled, 1)) { Off = Guard.HighestToken },
        new("a Stop that overtakes its Start", 1, 1, 0, 2, (Fault.Late, 1), (Fault.Cancel, 1)) { Off = Guard.StopRaises },
        new("a lost Stop", 1, 1, 0, 2, (Fault.Lost, 1), (Fault.Cancel, 1)) { Off = Guard.CancelTakesLeases },
        new("a cancel at a stale activation", 1, 1, 0, 2, (Fault.TwoActivations, 1), (Fault.Cancel, 1)) { Off = Guard.HaltWrittenWhenIdle },
        new("a pause that only the configurations hear of", 1, 1, 0, 1, (Fault.Pause, 1)) { Off = Guard.PauseTakesLeases },
        new("a pause that the pool forgets", 1, 1, 0, 2, (Fault.Pause, 1), (Fault.ActivationCrash, 1)) { Off = Guard.PauseToldAgain },
        new("an offer under way to a cancelled cell", 1, 1, 0, 1, (Fault.Cancel, 1)) { Off = Guard.ControlBeforeAttempt },
        new("a lost offer", 1, 1, 0, 1, (Fault.Lost, 1)) { Off = Guard.OffersWithdrawn },
        new("a cell that dies before it asks", 1, 1, 0, 2, (Fault.Lost, 1), (Fault.ActivationCrash, 1)) { Off = Guard.WokenAsks },
        new("a sweep that dies before it queues", 1, 1, 0, 1, (Fault.ActivationCrash, 1)) { Off = Guard.ReminderWakes },
        new("a collector that takes what is on its way", 1, 1, 1, 1, (Fault.Minute, 1)) { Off = Guard.CollectorByToken, Collects = true },
        new("a collector that goes by an old row", 1, 1, 1, 1, (Fault.Minute, 1)) { Off = Guard.CollectorReadsFirst, Collects = true },
        new("a collector that does not wait", 1, 1, 1, 2, (Fault.Rollback, 1), (Fault.Minute, 1)) { Off = Guard.CollectorWaits, Collects = true },
        new("a store that rolls back", 1, 1, 2, 1, (Fault.Rollback, 1)) { Off = Guard.CheckpointsKeptAMinute },
        new("a write that comes late", 2, 1, 0, 2, (Fault.Late, 1), (Fault.Cancel, 1)) { Off = Guard.LateWriteFenced },
        new("a drain", 1, 1, 2, 1, (Fault.Drain, 1)) { Off = Guard.DrainStoresFirst },
        new("a drain by an operator, and the pool's death", 1, 1, 0, 2, (Fault.OperatorDrain, 1), (Fault.ActivationCrash, 1)) { Off = Guard.DrainIsStored },
        new("a drain by an operator", 1, 1, 0, 1, (Fault.OperatorDrain, 1)) { Off = Guard.DrainYields },
        new("a team below its quota", 2, 1, 0, 0) { Off = Guard.QuotaYields, Quotas = true },
        new("a Start that a draining host refuses", 1, 1, 0, 1, (Fault.Drain, 1)) { Off = Guard.RefusalHeeded },
        new("a dead host's late heartbeat", 1, 1, 0, 2, (Fault.HostCrash, 1), (Fault.Late, 1)) { Off = Guard.DeadStaysDead },
        new("a trainer that dies twice", 1, 2, 0, 2, (Fault.TrainerCrash, 2)) { Off = Guard.PoisonedElsewhere },
        new("an offer under way to a cell that was given up", 1, 1, 0, 4, (Fault.TrainerCrash, 3), (Fault.Late, 1)) { Off = Guard.GivenUpForGood },
        new("an end that the aggregator does not hear of", 1, 1, 0, 1, (Fault.Lost, 1)) { Off = Guard.EndsAreOwed },
        new("tokens that are numbered alike", 2, 1, 0, 1, (Fault.Rollback, 1)) { Off = Guard.RandomIds },
        new("an epoch that the store has lost", 1, 1, 0, 2, (Fault.Rollback, 1), (Fault.ActivationCrash, 1)) { Off = Guard.EpochHeard },
    ];

    public static TheoryData<string> Names => [.. Searches.Select(s => s.Off.ToString())];

    [Theory]
    [MemberData(nameof(Names))]
    public void Without_it_a_promise_is_broken(string guard)
    {
        var bounds = Searches.Single(s => s.Off.ToString() == guard);
        var without = new Search(bounds).Run(100_000);
        output.WriteLine($"{bounds.Name} ({without.States} states): {without.Broken}");
        Assert.NotNull(without.Broken);
        Assert.Null(new Search(bounds with { Off = Guard.None }).Run(int.MaxValue, mostDepth: without.Depth).Broken);
    }
}
