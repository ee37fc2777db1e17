using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Results;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Specs.Outcomes;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Tests;

/// <summary>Batch sizes that the grid alone rules out train no fresh seeds.</summary>
public sealed class SweepStopTests
{
    private const string Text = """
        name: s
        dataset: { kind: synthetic, trainImages: 64, testImages: 1000 }
        network: resnet8
        batchSizes: [4, 8, 16]
        baseLearningRates: [2^-7, 2^-6]
        replicas: 3
        confirm: 3
        stop: decided
        epochs: 2
        """;

    private static readonly SweepPlan Plan = SmallSweep.Plan(Text, testImages: 1000);

    [Fact]
    public void A_batch_size_is_ruled_out_where_each_of_its_cells_is_worse_than_the_best()
    {
        // Welch, 0.60 ± 0.01 and 0.50 ± 0.01 over three seeds each: t = 12.25, 4 degrees of freedom, p = 0.00013, below 0.01 / 3.
        CellSummary[] grid = [Cell(4, "2^-7", 0.6), Cell(4, "2^-6", 0.5), Cell(8, "2^-7", 0.5), Cell(8, "2^-6", 0.5)];
        Assert.Equal([8], StopPolicy.RuledOut(grid, 1000));

        // One cell that may be as good keeps its batch size: 0.57, t = 3.67, p = 0.011.
        grid[3] = Cell(8, "2^-6", 0.57);
        Assert.Empty(StopPolicy.RuledOut(grid, 1000));
    }

    [Fact]
    public void What_did_not_train_or_is_not_there_neither_rules_out_nor_is_ruled_out()
    {
        Assert.Empty(StopPolicy.RuledOut([], 1000));
        Assert.Empty(StopPolicy.RuledOut([Cell(4, "2^-7", 0.6), Cell(8, "2^-7", 0.1) with { Trained = 2, Untrained = 1 }], 1000));
        Assert.Empty(StopPolicy.RuledOut([Cell(4, "2^-7", 0.9) with { Complete = false }, Cell(8, "2^-7", 0.5)], 1000));
    }

    [Fact]
    public void Fresh_seeds_wait_for_the_whole_grid_and_then_train_where_the_best_may_be()
    {
        var (state, rows) = Run(new() { SweepId = "s-1" }, [], p => p.BatchSize != 16);
        Assert.Null(state.Stop);
        Assert.Equal(2, state.Decisions.Length);
        Assert.DoesNotContain(SweepConfigurations.Of(Plan, state), c => c.Planned.Stage == Stage.Confirm);
        (state, rows) = Run(state, rows, _ => true);
        Assert.Equal([16], state.Stop!.BatchSizes);
        Assert.Equal([4, 8], SweepConfigurations.Of(Plan, state).Where(c => c.Planned.Stage == Stage.Confirm).Select(c => c.Planned.BatchSize));
        Assert.Equal(rows.Count, SweepConfigurations.Of(Plan, state).Sum(c => c.Planned.Replicas));
        Assert.Equal([3, 3], PreviewRows.Of(Plan, state, rows).Where(r => r.Stage == Stage.Confirm).Select(r => r.Stored));
        Assert.Equal(9, PreviewRows.Of(Plan, new() { SweepId = "s-1" }, []).Where(r => r.Stage == Stage.Confirm).Sum(r => r.Runs));
    }

    [Fact]
    public void A_lost_write_and_later_rows_change_nothing_and_a_wider_grid_is_decided_anew()
    {
        var (state, rows) = Run(new() { SweepId = "s-1" }, [], _ => true);
        var (again, more) = Run(state with { Stop = null }, rows, _ => true);
        Assert.Equal((state.Stop!.Basis, rows.Count), (again.Stop!.Basis, more.Count));
        Assert.Equal(state.Stop.BatchSizes, again.Stop.BatchSizes);
        var wider = SmallSweep.Plan(Text.Replace("2^-6]", "2^-6, 2^-5]", StringComparison.Ordinal), testImages: 1000);
        Assert.Null(SweepStop.RuledOut(wider, SweepConfigurations.Extended(state, Plan.Spec, wider.Spec)));
    }

    [Fact]
    public void The_answer_names_what_was_ruled_out_and_compares_the_others_at_the_rest_of_the_five_per_cent()
    {
        var (state, rows) = Run(new() { SweepId = "s-1" }, [], _ => true);
        var (with, without) = (Analyse([16], state, rows), Analyse(null, state, rows));
        Assert.True(with.Confirmed);
        Assert.False(without.Confirmed);
        Assert.Equal(4, with.BestBatchSize);
        Assert.Equal([8], with.NotToldApart);
        Assert.Contains("; batch size 16 was told apart on the grid already and trained no fresh seeds; ", with.Sentence, StringComparison.Ordinal);
        Assert.Contains(with.Warnings, w => w.StartsWith("No fresh seeds at m = 16: each of their cells is worse than the best cell, at 1 % for all cells together.", StringComparison.Ordinal));
        Assert.Empty(with.LeftOut);
        Assert.NotNull(with.BatchSizes.Single(b => b.BatchSize == 16).Selected);

        // 4 % leave less room than 5: the interval is wider.
        var (looked, plain) = (with.BatchSizes[0].FromBestOfOthers!, Analyse(null, state, [.. rows.Where(r => r.BatchSize != 16)], m => m != 16).BatchSizes[0].FromBestOfOthers!);
        Assert.True(looked.High > plain.High);
    }

    private static Analysis Analyse(int[]? ruledOut, SweepState state, List<ResultRow> rows, Func<int, bool>? shown = null)
    {
        PlannedConfiguration[] planned = [.. SweepConfigurations.Of(Plan, state).Select(c => c.Planned).Where(p => shown?.Invoke(p.BatchSize) != false)];
        var sweep = new SweepSnapshot(
            "s", "s-1", Text, "synthetic (64 train, 1000 test)", 64, 1000, "resnet8", "2 epochs", 3, 3, planned.Length, planned.Length, "c", SweepPhase.Completed, 1, DateTimeOffset.UnixEpoch, null, null, RuledOut: ruledOut);
        return Analyst.Analyse(sweep, planned, ReplicaResults.Ordered(rows.Select(ReplicaResults.Read)));
    }

    /// <summary>Trains what is planned and wanted, and decides, until nothing is left of it.</summary>
    private static (SweepState State, List<ResultRow> Rows) Run(SweepState state, IEnumerable<ResultRow> stored, Func<PlannedConfiguration, bool> wanted)
    {
        var rows = stored.ToList();
        for (var turn = 0; turn < 6; turn++)
        {
            var configurations = SweepConfigurations.Of(Plan, state);
            var ended = SweepConfigurations.Complete(configurations, rows).ToHashSet();
            rows.AddRange(configurations.Select(c => c.Planned).Where(p => wanted(p) && !ended.Contains(p.Key)).SelectMany(Rows));
            ended = SweepConfigurations.Complete(configurations, rows).ToHashSet();
            state = state with
            {
                Decisions = [.. state.Decisions, .. SweepConfigurations.Decide(Plan, state, configurations, ended, rows)],
                Stop = SweepStop.Decide(Plan, state, configurations, ended, rows) ?? state.Stop,
            };
        }

        return (state, rows);
    }

    /// <summary>0.60 ± 0.01 for m = 4 and 8, 0.40 ± 0.01 for m = 16; fresh seeds 0.01 apart.</summary>
    private static IEnumerable<ResultRow> Rows(PlannedConfiguration planned) => Enumerable.Range(planned.FirstReplica, planned.Replicas).Select(r =>
    {
        var score = (planned.BatchSize == 16 ? 0.4 : 0.6) + (0.01 * ((r % 3) - 1)) - (planned is { Stage: Stage.Confirm, BatchSize: 8 } ? 0.01 : 0);
        return new ResultRow(planned.Key, planned.Stage, planned.BatchSize, planned.BaseLearningRate, planned.SettingsHash, r, new OutcomeDocument(r, "trained", null, score, score, 1, 1, 16, null, []).Write());
    });

    private static CellSummary Cell(int m, string rate, double mean) => Summaries.Of(
        Stage.Grid, m, rate, 3, [.. Enumerable.Range(-1, 3).Select(r => new ReplicaResult(Stage.Grid, m, rate, "", r + 1, OutcomeKind.Trained, null, mean + (0.01 * r), mean, 1, 1, 16, [], [], null))]);
}
