using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Results;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Specs.Outcomes;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Tests;

/// <summary>Replicas that are added until an interval is narrow.</summary>
public sealed class SweepReplicasTests
{
    private const string Text = """
        name: s
        dataset: { kind: synthetic, trainImages: 64, testImages: 1000 }
        network: resnet8
        batchSizes: [4, 8]
        baseLearningRates: [2^-7, 2^-6, 2^-5]
        replicas: { min: 3, max: 20, until: 2 }
        confirm: { min: 3, max: 9, until: 2 }
        epochs: 2
        """;

    private static readonly SweepPlan Plan = SmallSweep.Plan(Text, testImages: 1000);
    private static readonly NarrowingRule Rule = new(20, 2);

    [Fact]
    public void Cells_that_may_still_be_chosen_get_what_their_spread_asks_for()
    {
        // s = 0.01: (4.302653 · 0.01 / 0.02)² = 4.6; s = 0.02: 18.5.
        var cells = ReplicaPolicy.Grid([Cell("2^-7", 0.59, 0.60, 0.61), Cell("2^-6", 0.58, 0.60, 0.62), Cell("2^-5", 0.39, 0.40, 0.41)], Rule, 1000);
        Assert.Equal([("2^-7", 5), ("2^-6", 19)], cells.Select(c => (c.Cell.BaseLearningRate, c.Replicas)));
    }

    [Fact]
    public void A_cell_that_did_not_all_train_or_is_not_complete_is_given_none()
    {
        var failed = Cell("2^-6", 0.8, 0.8, 0.8) with { Trained = 2, Diverged = 1 };
        var missing = Cell("2^-5", 0.8, 0.8, 0.8) with { Complete = false };
        Assert.Equal("2^-7", Assert.Single(ReplicaPolicy.Grid([Cell("2^-7", 0.59, 0.60, 0.61), failed, missing], Rule, 1000)).Cell.BaseLearningRate);
        Assert.Empty(ReplicaPolicy.Grid([failed, missing], Rule, 1000));
        Assert.Empty(ReplicaPolicy.Fresh([failed, missing], Rule, 1000));
    }

    [Fact]
    public void Fresh_seeds_are_added_where_a_batch_size_may_still_be_named()
    {
        var cells = ReplicaPolicy.Fresh([Cell("2^-7", 0.59, 0.60, 0.61), Cell("2^-6", 0.58, 0.60, 0.62), Cell("2^-5", 0.39, 0.40, 0.41)], Rule, 1000);
        Assert.Equal([("2^-7", 5), ("2^-6", 19)], cells.Select(c => (c.Cell.BaseLearningRate, c.Replicas)));
        Assert.Equal(5, Assert.Single(ReplicaPolicy.Fresh([Cell("2^-7", 0.59, 0.60, 0.61)], Rule, 1000)).Replicas);
    }

    [Fact]
    public void A_sweep_decides_its_grid_row_by_row_then_chooses_then_decides_the_fresh_seeds_together()
    {
        var state = new SweepState { SweepId = "s-1" };
        var rows = new List<ResultRow>();
        state = Run(state, rows, c => c.BatchSize == 8);
        Assert.Equal((Stage.Grid, 8, 2), Assert.Single(state.ReplicaDecisions) is var d ? (d.Stage, d.BatchSize, d.Cells.Length) : default);
        Assert.Equal([(8, "2^-6")], state.Decisions.Select(c => (c.BatchSize, c.BaseLearningRate!)));
        state = Run(state, rows, _ => true);
        Assert.Equal([(Stage.Grid, 8), (Stage.Grid, 4), (Stage.Confirm, 0)], state.ReplicaDecisions.Select(r => (r.Stage, r.BatchSize)));
        var configurations = SweepConfigurations.Of(Plan, state);
        Assert.Equal(
            [("2^-7", 0, 3), ("2^-7", 3, 2), ("2^-6", 0, 3), ("2^-6", 3, 16), ("2^-5", 0, 3)],
            configurations.Select(c => c.Planned).Where(p => p is { Stage: Stage.Grid, BatchSize: 8 }).Select(p => (p.BaseLearningRate, p.FirstReplica, p.Replicas)));
        Assert.Equal([(4, 0, 3), (4, 3, 6), (8, 0, 3), (8, 3, 6)], configurations.Select(c => c.Planned).Where(p => p.Stage == Stage.Confirm).Select(p => (p.BatchSize, p.FirstReplica, p.Replicas)));
        Assert.Subset(SweepConfigurations.Possible(Plan, state).ToHashSet(), configurations.Select(c => c.Planned.Key).ToHashSet());
        Assert.Equal(configurations.Sum(c => c.Planned.Replicas), rows.Count);
    }

    [Fact]
    public void Whatever_ended_first_and_however_often_it_is_decided_anew_the_numbers_are_the_same()
    {
        var (rows, others) = (new List<ResultRow>(), new List<ResultRow>());
        var state = Run(new() { SweepId = "s-1" }, rows, _ => true);
        var other = Run(Run(new() { SweepId = "s-1" }, others, c => c.BatchSize == 4), others, _ => true);
        Assert.Equal(Keys(state), Keys(other));
        Assert.Equal(rows.Select(r => (r.ConfigurationKey, r.Replica)).Order(), others.Select(r => (r.ConfigurationKey, r.Replica)).Order());

        // As after a retry, or a kill before a decision was stored: from the same rows, though later replicas are among them now.
        var again = Run(state with { ReplicaDecisions = [], Decisions = [] }, [.. rows], _ => true);
        Assert.Equal(Keys(state), Keys(again));

        static IEnumerable<(string, int)> Keys(SweepState state) => SweepConfigurations.Of(Plan, state).Select(c => (c.Planned.Key, c.Planned.Replicas));
    }

    [Fact]
    public void A_plain_number_may_become_a_rule_that_begins_with_it_and_the_choice_is_made_anew()
    {
        var plain = Plan.Spec with { ReplicasUntil = null, ConfirmUntil = null };
        Assert.Equal(SweepRelation.Extended, SweepDifference.Between(plain, Plan.Spec).Relation);
        Assert.Equal(SweepRelation.Different, SweepDifference.Between(plain with { Replicas = 4 }, Plan.Spec).Relation);
        Assert.Equal(
            "replicas: found { min: 3, max: 30, until: 2 }, wanted the stored sweep's { min: 3, max: 20, until: 2 }, or another name",
            Assert.Single(SweepDifference.Between(Plan.Spec, Plan.Spec with { ReplicasUntil = new(30, 2) }).Differences).ToString());
        var extended = SweepConfigurations.Extended(new() { SweepId = "s-1", Decisions = [new(8, 3, "2^-6")] }, plain, Plan.Spec);
        Assert.Empty(extended.Decisions);
        Assert.Empty(extended.EarlierReplicas);
    }

    [Fact]
    public void The_interval_of_a_cell_that_was_given_more_is_that_of_the_two_stage_procedure()
    {
        double[] scores = [0.59, 0.60, 0.61, 0.7, 0.5];
        var results = scores.Select((s, r) => new ReplicaResult(Stage.Confirm, 8, "2^-7", "", r, OutcomeKind.Trained, null, s, s, 1, 1, 16, [], [], null)).ToList();
        var cell = Summaries.Of(Stage.Confirm, 8, "2^-7", 5, results, first: 3);
        Assert.Equal(4.302653 * 0.01 / Math.Sqrt(5), (cell.IntervalHigh!.Value - cell.IntervalLow!.Value) / 2, 7);
        Assert.NotEqual(cell, Summaries.Of(Stage.Confirm, 8, "2^-7", 5, results));
        Assert.Equal(Summaries.Of(Stage.Confirm, 8, "2^-7", 3, results[..3]), Summaries.Of(Stage.Confirm, 8, "2^-7", 3, results[..3], first: 3));
    }

    /// <summary>Trains what is planned and wanted, and decides, until nothing is left of it.</summary>
    private static SweepState Run(SweepState state, List<ResultRow> rows, Func<PlannedConfiguration, bool> wanted)
    {
        for (var turn = 0; turn < 10; turn++)
        {
            var configurations = SweepConfigurations.Of(Plan, state);
            var ended = SweepConfigurations.Complete(configurations, rows).ToHashSet();
            foreach (var planned in configurations.Select(c => c.Planned).Where(p => wanted(p) && !ended.Contains(p.Key)))
            {
                rows.AddRange(Rows(planned));
            }

            ended = SweepConfigurations.Complete(configurations, rows).ToHashSet();
            state = state with
            {
                ReplicaDecisions = [.. state.ReplicaDecisions, .. SweepReplicas.Decide(Plan, state, configurations, ended, rows)],
                Decisions = [.. state.Decisions, .. SweepConfigurations.Decide(Plan, state, configurations, ended, rows)],
            };
        }

        return state;
    }

    /// <summary>At 2^-7 0.60 ± 0.01, at 2^-6 0.60 ± 0.02 with later ones better, at 2^-5 0.40 ± 0.01; fresh seeds 0.60 ± 0.02.</summary>
    private static IEnumerable<ResultRow> Rows(PlannedConfiguration planned) => Enumerable.Range(planned.FirstReplica, planned.Replicas).Select(r =>
    {
        var spread = planned.Stage == Stage.Confirm || planned.BaseLearningRate == "2^-6" ? 0.02 : 0.01;
        var score = (planned.BaseLearningRate == "2^-5" ? 0.4 : 0.6) + (((r % 3) - 1) * spread) + (r > 2 && planned.BaseLearningRate == "2^-6" ? 0.03 : 0);
        return new ResultRow(planned.Key, planned.Stage, planned.BatchSize, planned.BaseLearningRate, planned.SettingsHash, r, new OutcomeDocument(r, "trained", null, score, score, 1, 1, 16, null, []).Write());
    });

    private static CellSummary Cell(string rate, params double[] scores) => Summaries.Of(
        Stage.Grid, 8, rate, scores.Length, [.. scores.Select((s, r) => new ReplicaResult(Stage.Grid, 8, rate, "", r, OutcomeKind.Trained, null, s, s, 1, 1, 16, [], [], null))]);
}
