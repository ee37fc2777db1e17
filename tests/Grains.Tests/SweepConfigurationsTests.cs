using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Results;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Specs.Outcomes;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Tests;

public sealed class SweepConfigurationsTests
{
    private static readonly SweepPlan Two = SmallSweep.Plan();
    private static readonly SweepPlan Five = SmallSweep.Plan(SmallSweep.Text.Replace("replicas: 2", "replicas: 5", StringComparison.Ordinal).Replace("confirm: 1", "confirm: 4", StringComparison.Ordinal));
    private static readonly SweepState State = new() { SweepId = "s-1", ControlVersion = 1, Decisions = [new(8, 2, "2^-5")] };

    [Fact]
    public void More_replicas_are_configurations_of_their_own_and_those_that_are_there_keep_their_keys()
    {
        var before = SweepConfigurations.Of(Two, State);
        var state = SweepConfigurations.Extended(State, Two.Spec, Five.Spec) with { Decisions = State.Decisions };
        var after = SweepConfigurations.Of(Five, state);
        Assert.Equal(before.Select(c => c.Planned), after.Select(c => c.Planned).Where(p => p.FirstReplica == 0));
        Assert.Equal(
            [("s-1.m=8.lr=2^-7.r=2", 2, 3), ("s-1.m=8.lr=2^-5.r=2", 2, 3), ("s-1.m=8.lr=2^-5.confirm.r=1", 1, 3)],
            after.Select(c => c.Planned).Where(p => p.FirstReplica > 0).Select(p => (p.Key[..p.Key.LastIndexOf('.')], p.FirstReplica, p.Replicas)));
        Assert.Subset(SweepConfigurations.Possible(Five, state).ToHashSet(), after.Select(c => c.Planned.Key).ToHashSet());
    }

    [Fact]
    public void Replicas_given_again_and_again_are_each_trained_once()
    {
        var state = SweepConfigurations.Extended(SweepConfigurations.Extended(State, Two.Spec, Two.Spec with { Replicas = 3 }), Two.Spec with { Replicas = 3 }, Five.Spec);
        var parts = SweepConfigurations.Of(Five, state).Select(c => c.Planned).Where(p => p is { Stage: Stage.Grid, BaseLearningRate: "2^-5" });
        Assert.Equal([(0, 2), (2, 1), (3, 2)], parts.Select(p => (p.FirstReplica, p.Replicas)));
    }

    [Fact]
    public void What_fewer_replicas_chose_is_chosen_anew_over_all_of_them_and_more_fresh_seeds_change_no_choice()
    {
        Assert.Equal(State.Decisions, SweepConfigurations.Extended(State, Two.Spec, Two.Spec with { Confirm = 4 }).Decisions);
        var state = SweepConfigurations.Extended(State, Two.Spec, Five.Spec);
        var configurations = SweepConfigurations.Of(Five, state);
        var rows = configurations.SelectMany(c => Rows(c.Planned)).ToList();

        // The first two replicas alone would choose 2^-5 again, and nothing is chosen before the others are there.
        var first = SweepConfigurations.Complete(configurations, [.. rows.Where(r => r.Replica < 2)]).ToHashSet();
        Assert.Equal(2, first.Count);
        Assert.Empty(SweepConfigurations.Decide(Five, state, configurations, first, rows));
        var all = SweepConfigurations.Complete(configurations, rows).ToHashSet();
        Assert.Equal([new ConfirmDecision(8, 2, "2^-7")], SweepConfigurations.Decide(Five, state, configurations, all, rows));
    }

    [Fact]
    public void A_sweep_that_its_limit_ended_goes_on_once_that_is_raised_and_keeps_what_it_chose()
    {
        var extended = SweepConfigurations.Extended(State with { EndedAtDeviceHours = 1.5 }, Two.Spec with { LimitDeviceHours = 1 }, Two.Spec with { LimitDeviceHours = 3 });
        Assert.Equal((null, 2), (extended.EndedAtDeviceHours, extended.ControlVersion));
        Assert.Equal(State.Decisions, extended.Decisions);
    }

    [Fact]
    public void Device_time_is_what_attempts_held_their_slots_whatever_became_of_them()
    {
        var start = DateTimeOffset.UnixEpoch;
        RunRecord[] runs = [Run(0, 30, AttemptEnd.Completed), Run(30, 75, AttemptEnd.Lost), Run(80, 79, AttemptEnd.Crashed)];
        Assert.Equal(75, DeviceTime.Seconds(runs));

        RunRecord Run(int from, int to, AttemptEnd end) => new(1, "t", "h", "cpu", start.AddSeconds(from), start.AddSeconds(to), end, null, 0, 0, 0);
    }

    [Fact]
    public void A_preview_says_what_is_stored_and_what_would_train()
    {
        var stored = SweepConfigurations.Of(Two, State).SelectMany(c => Rows(c.Planned)).ToList();
        Assert.Equal([(Stage.Grid, 4, 4, true), (Stage.Confirm, 1, 1, true)], Preview(Two, State, stored));
        Assert.Equal([(Stage.Grid, 4, 0, false), (Stage.Confirm, 1, 0, false)], Preview(Two, new() { SweepId = "s-1" }, []));
        Assert.Equal([(Stage.Grid, 10, 4, false), (Stage.Confirm, 4, 0, false)], Preview(Five, SweepConfigurations.Extended(State, Two.Spec, Five.Spec), stored));
        var whole = PreviewRows.Of(Five, new() { SweepId = "s-1" }, []).Sum(r => r.Seconds);
        Assert.InRange(PreviewRows.Of(Five, SweepConfigurations.Extended(State, Two.Spec, Five.Spec), stored).Sum(r => r.Seconds), 0.1 * whole, 0.9 * whole);

        static IEnumerable<(Stage, int, int, bool)> Preview(SweepPlan plan, SweepState state, IReadOnlyList<ResultRow> stored) =>
            PreviewRows.Of(plan, state, stored).Select(r => (r.Stage, r.Runs, r.Stored, r.Seconds == 0));
    }

    /// <summary>2^-5 has the better first two replicas, 2^-7 the better five.</summary>
    private static IEnumerable<ResultRow> Rows(PlannedConfiguration planned) => Enumerable.Range(planned.FirstReplica, planned.Replicas).Select(r =>
        new ResultRow(planned.Key, planned.Stage, planned.BatchSize, planned.BaseLearningRate, planned.SettingsHash, r, Payload(r, planned.BaseLearningRate == "2^-5" ? (r < 2 ? 0.75 : 0.25) : 0.5)));

    private static string Payload(int replica, double score) =>
        new OutcomeDocument(replica, "trained", null, score, score, 1, 1, 16, null, [new OutcomePoint(1, 8, 1, score, 1, score), new OutcomePoint(2, 16, 1, score, 1, score)]).Write();
}
