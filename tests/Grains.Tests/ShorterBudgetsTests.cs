using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Checkpoints;
using SmallBatch.Grains.Configurations;
using SmallBatch.Grains.Results;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Specs.Outcomes;
using SmallBatch.Specs.Settings;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Tests;

/// <summary>A sweep that is given a longer budget: what is kept of the shorter one, and what trains.</summary>
public sealed class ShorterBudgetsTests
{
    private const string Search = "\nsearch: { kind: halving, rungs: 1, factor: 2 }";
    private static readonly string Kept = $"{SmallSweep.Text}\ncheckpoint: {{ keep: firstDrop }}";
    private static readonly SweepPlan Short = SmallSweep.Plan(Kept);
    private static readonly SweepPlan Long = SmallSweep.Plan(Longer(Kept, 4));
    private static readonly SweepState Complete = new() { SweepId = "s-1", SpecText = SweepSpecText.Write(Short.Spec), ControlVersion = 3, Decisions = [new(8, 2, "2^-5")], CompletedAt = DateTimeOffset.UnixEpoch };

    [Fact]
    public void Every_cell_is_a_configuration_of_its_own_on_the_longer_budget_and_the_shorter_one_stays_as_it_was()
    {
        var state = SweepConfigurations.Extended(Complete, Short.Spec, Long.Spec);
        var longer = SweepConfigurations.Of(Long, state);
        var shorter = Assert.Single(ShorterBudgets.Of(state, Long.Dataset));
        Assert.Equal(("2 epochs", 4L, 0L), (shorter.Name, state.ControlVersion, shorter.Stored.HaltVersion));
        Assert.Equal(SweepConfigurations.Of(Short, Complete).Select(c => c.Planned), shorter.Configurations.Select(c => c.Planned));
        Assert.Equal([(Stage.Grid, 32L), (Stage.Grid, 32L)], longer.Select(c => (c.Planned.Stage, c.Planned.Updates)));
        Assert.Empty(longer.Select(c => c.Planned.Key).Intersect(shorter.Configurations.Select(c => c.Planned.Key)));
        Assert.Empty(SweepConfigurations.Complete(longer, [.. shorter.Configurations.SelectMany(c => Rows(c.Planned))]));
        Assert.Equal(["2 epochs", "4 epochs"], ShorterBudgets.Of(SweepConfigurations.Extended(state, Long.Spec, SmallSweep.Plan(Longer(Kept, 9)).Spec), Long.Dataset).Select(s => s.Name));
    }

    [Fact]
    public void What_still_trains_on_the_shorter_budget_is_halted_between_its_orders_and_those_to_come()
    {
        var state = SweepConfigurations.Extended(Complete with { CompletedAt = null }, Short.Spec, Long.Spec);
        Assert.Equal((5L, 4L), (state.ControlVersion, Assert.Single(state.ShorterBudgets).HaltVersion));
    }

    [Fact]
    public void Each_begins_from_the_run_of_the_same_replicas_where_that_kept_a_checkpoint()
    {
        var state = SweepConfigurations.Extended(Complete, Short.Spec, Long.Spec with { Replicas = 3 }) with { Decisions = [new(8, 2, "2^-5")] };
        var shorter = ShorterBudgets.Of(state, Long.Dataset);
        var longer = SweepConfigurations.Of(SmallSweep.Plan(Longer(Kept, 4).Replace("replicas: 2", "replicas: 3", StringComparison.Ordinal)), state);
        foreach (var configuration in longer)
        {
            // The third replica is new, and so are fresh seeds of another base learning rate.
            var source = ShorterBudgets.Source(configuration, shorter);
            Assert.Equal(configuration.Planned.FirstReplica > 0, source is null);
            Assert.True(source is null || ((source.Planned.Stage, source.Planned.BaseLearningRate) == (configuration.Planned.Stage, configuration.Planned.BaseLearningRate)
                && SharedUpdates.Resumable(source.Settings, configuration.Settings) == 8));
        }

        Assert.Equal(5, longer.Count);
        var none = Short.Spec with { CheckpointKept = KeptCheckpoint.None };
        var unkept = SweepConfigurations.Extended(Complete with { SpecText = SweepSpecText.Write(none) }, none, Long.Spec with { Replicas = 3 });
        Assert.Empty(unkept.EarlierReplicas);
        Assert.All(SweepConfigurations.Of(Long, unkept), c => Assert.Null(ShorterBudgets.Source(c, ShorterBudgets.Of(unkept, Long.Dataset))));
    }

    [Fact]
    public void Of_several_shorter_budgets_the_one_that_shares_most_is_begun_from()
    {
        var state = SweepConfigurations.Extended(SweepConfigurations.Extended(Complete, Short.Spec, Long.Spec), Long.Spec, SmallSweep.Plan(Longer(Kept, 9)).Spec);
        var source = ShorterBudgets.Source(SweepConfigurations.Of(SmallSweep.Plan(Longer(Kept, 9)), state)[0], ShorterBudgets.Of(state, Long.Dataset));
        Assert.Equal(32, source!.Planned.Updates);
    }

    [Fact]
    public void A_preview_counts_what_checkpoints_save()
    {
        var state = SweepConfigurations.Extended(Complete, Short.Spec, Long.Spec);
        var saved = SweepConfigurations.Of(Long, state).ToDictionary(c => c.Planned.Key, _ => 8L);
        var (without, with) = (PreviewRows.Of(Long, state, []).ToList(), PreviewRows.Of(Long, state, [], saved).ToList());
        Assert.Equal([(Stage.Grid, 4, 0, 32L), (Stage.Confirm, 1, 0, 0L)], with.Select(r => (r.Stage, r.Runs, r.Stored, r.SavedUpdates)));
        Assert.Equal(0.75 * without[0].Seconds, with[0].Seconds, 1e-9);
        Assert.Equal(without[1].Seconds, with[1].Seconds);
    }

    [Fact]
    public void A_rung_that_a_shorter_budget_had_is_not_trained_again_though_it_has_another_number()
    {
        var two = Search.Replace("rungs: 1", "rungs: 2", StringComparison.Ordinal);
        var (stored, longer) = (SmallSweep.Plan(Longer(Kept, 4) + two), SmallSweep.Plan(Longer(Kept, 8) + two));
        var state = SweepConfigurations.Extended(Complete with { SpecText = SweepSpecText.Write(stored.Spec), Decisions = [], RungDecisions = [new(8, 1, "2: 2^-7 2^-5", ["2^-5"])] }, stored.Spec, longer.Spec);
        Assert.Empty(state.RungDecisions);
        var before = ShorterBudgets.Of(state, longer.Dataset)[0].Configurations.Single(c => c.Planned.Rung?.Number == 2);
        var now = SweepConfigurations.Of(longer, state);
        var same = Assert.Single(SweepConfigurations.Complete(now, [.. Rows(before.Planned)]));
        Assert.Contains(".lr=2^-5.rung=1.", same, StringComparison.Ordinal);
        Assert.Equal(2, Assert.Single(SweepConfigurations.Cells(now, [.. Rows(before.Planned)]), c => c.Complete).Trained);
    }

    [Fact]
    public void Of_the_checkpoints_up_to_the_first_drop_the_last_outlives_its_run_and_is_let_go_of_once()
    {
        var job = new ConfigurationJob("k", "s", "s-1", Stage.Grid, 8, "2^-9", 3, "hash", "{}", 1, 60, KeepUntil: 20);
        var state = ConfigurationTransitions.Ordered(new(), new(job, 1, "c", 0, 0, 0), Now(0))!;
        state = ConfigurationTransitions.Offered(state, Lease(), recorded: false, Now(0))!;
        foreach (var (number, step) in new[] { (1, 10), (2, 20), (3, 30), (4, 40) })
        {
            var next = ConfigurationTransitions.Checkpointed(state, Checkpoint(number, step), Now(number))!;
            Assert.DoesNotContain("b20", ConfigurationTransitions.Superseded(state, next));
            state = next;
        }

        Assert.Equal(20, state.Kept!.Reference.Step);
        state = ConfigurationTransitions.Recorded(state, Now(5));
        Assert.Equal(["b20"], CollectionPolicy.References(state).Select(r => r.BlobName));
        Assert.Empty(CollectionPolicy.References(state with { Cancelled = true }));
        Assert.Null(ConfigurationTransitions.LetGo(state with { Phase = AttemptPhase.Training }, Now(6)));
        state = ConfigurationTransitions.LetGo(state, Now(6))!;
        Assert.Empty(state.References);
        Assert.Null(ConfigurationTransitions.LetGo(state, Now(7)));

        static DateTimeOffset Now(int minutes) => DateTimeOffset.UnixEpoch.AddMinutes(minutes);
        static LeaseToken Token() => new(1, 1, Guid.Empty);
        static Lease Lease() => new("k", Token(), "h", "cpu-0", "cpu");
        static CheckpointReport Checkpoint(int number, int step) => new("k", Token(), number, $"b{step}", step, "sha", 1);
    }

    [Fact]
    public void One_without_a_checkpoint_of_its_own_says_that_it_resumes_from_the_shorter_budgets()
    {
        var job = new ConfigurationJob("k", "s", "s-1", Stage.Grid, 8, "2^-9", 3, "hash", "{}", 1, 60, Shorter: new("j", "{}"));
        var state = ConfigurationTransitions.Ordered(new(), new(job, 1, "c", 0, 0, 0), DateTimeOffset.UnixEpoch)!;
        var token = new LeaseToken(1, 1, Guid.Empty);
        state = ConfigurationTransitions.Offered(state, new("k", token, "h", "cpu-0", "cpu"), recorded: false, DateTimeOffset.UnixEpoch, new("b8", 8, "sha"))!;
        Assert.Equal(8, state.ResumedFromStep);
        Assert.EndsWith("to resume at step 8", ConfigurationTransitions.Started(state, token, DateTimeOffset.UnixEpoch)!.Story[^1].What, StringComparison.Ordinal);
    }

    private static string Longer(string text, int epochs) => text.Replace("epochs: 2", $"epochs: {epochs}", StringComparison.Ordinal);

    private static IEnumerable<ResultRow> Rows(PlannedConfiguration planned) => Enumerable.Range(planned.FirstReplica, planned.Replicas).Select(r => new ResultRow(
        planned.Key, planned.Stage, planned.BatchSize, planned.BaseLearningRate, planned.SettingsHash, r,
        new OutcomeDocument(r, "trained", null, 0.5, 0.5, 1, 1, planned.Updates, null, []).Write()));
}
