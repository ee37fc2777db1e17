using CsCheck;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Results;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Specs.Outcomes;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Tests;

/// <summary>Search over η̃ on shorter budgets.</summary>
public sealed class SweepSearchTests
{
    private const string Text = """
        name: s
        dataset: { kind: synthetic, trainImages: 64, testImages: 1000 }
        network: resnet8
        batchSizes: [4, 8]
        baseLearningRates: [2^-9, 2^-8, 2^-7, 2^-6, 2^-5, 2^-4]
        replicas: 2
        confirm: 1
        epochs: 18
        search: { kind: halving, rungs: 2, factor: 3 }
        """;

    private static readonly SweepPlan Plan = SmallSweep.Plan(Text, testImages: 1000);

    [Fact]
    public void Halving_keeps_the_best_of_those_that_train_and_the_best_ones_neighbours()
    {
        CellSummary[] rung = [Cell("2^-9", 0.2), Cell("2^-8", 0.3), Cell("2^-7", 0.61), Cell("2^-6", 0.35), Cell("2^-5", 0.6), Cell("2^-4", 0.1)];
        Assert.Equal(["2^-8", "2^-7", "2^-6", "2^-5"], Kept(rung, SearchRule.Halving));

        // A neighbour that diverged ends the range already; the other stays. One with a diverged replica is never among the best.
        rung[3] = Diverged("2^-6", 1, 0.9);
        Assert.Equal(["2^-8", "2^-7", "2^-5"], Kept(rung, SearchRule.Halving));
        rung[4] = rung[4] with { Complete = false };
        Assert.Equal(["2^-8", "2^-7"], Kept(rung, SearchRule.Halving));
    }

    [Fact]
    public void Of_equal_means_the_smaller_base_learning_rate_goes_on() =>
        Assert.Equal(["2^-9", "2^-8"], Kept([Cell("2^-9", 0.5), Cell("2^-8", 0.5), Cell("2^-7", 0.5)], SearchRule.Halving));

    [Fact]
    public void Pruning_leaves_out_what_diverged_or_did_not_train_and_nothing_else()
    {
        CellSummary[] rung = [Untrained("2^-9", 2), Untrained("2^-8", 1), Cell("2^-7", 0.3), Cell("2^-6", 0.9), Diverged("2^-5", 1, 0.9), Diverged("2^-4", 2, null)];
        Assert.Equal(["2^-8", "2^-7", "2^-6"], Kept(rung, SearchRule.Prune));
    }

    [Fact]
    public void Where_nothing_trained_a_longer_budget_may_be_what_is_lacking()
    {
        CellSummary[] rung = [Untrained("2^-9", 2), Untrained("2^-8", 2), Diverged("2^-7", 1, 0.1), Diverged("2^-6", 2, null)];
        Assert.Equal(["2^-9", "2^-8"], Kept(rung, SearchRule.Halving));
        Assert.Equal(["2^-9", "2^-8"], Kept(rung, SearchRule.Prune));
        Assert.Empty(Kept(rung[2..], SearchRule.Halving));
    }

    [Fact]
    public void What_goes_on_does_not_depend_on_the_order_that_replicas_are_stored_in_and_brackets_the_best() =>
        Gen.Select(Gen.Int[0, 6].Array[4], Gen.Int[0, 3].Array[4], Gen.Int[2, 4], Gen.Int).Sample((scores, ends, factor, seed) =>
        {
            string[] rates = ["2^-9", "2^-8", "2^-7", "2^-6"];
            var results = rates.SelectMany((rate, i) => Enumerable.Range(0, 2).Select(r => Result(rate, r, ends[i] == 3 ? null : scores[i] / 8.0))).ToList();
            var shuffled = results.OrderBy(r => HashCode.Combine(seed, r.BaseLearningRate, r.Replica)).ToList();
            var rule = new SearchRule(SearchKind.Halving, 1, factor);
            var (one, other) = (RungPolicy.Keep(Cells(results), rule), RungPolicy.Keep(Cells(shuffled), rule));
            Assert.Equal(one, other);
            var trained = Cells(results).Where(c => c.Trained == 2).ToList();
            if (trained.Count > 0)
            {
                var best = trained.MaxBy(c => c.Mean)!;
                Assert.Contains(best, one);
                var at = Array.IndexOf(rates, best.BaseLearningRate);
                Assert.All(new[] { at - 1, at + 1 }.Where(i => i is >= 0 and < 4 && ends[i] != 3), i => Assert.Contains(one, c => c.BaseLearningRate == rates[i]));
                Assert.True(one.Count >= Math.Min(trained.Count, (4 + factor - 1) / factor));
            }

            List<CellSummary> Cells(List<ReplicaResult> all) => [.. rates.Select(rate => Summaries.Of(Stage.Rung, 8, rate, 2, [.. all.Where(r => r.BaseLearningRate == rate)]))];
        });

    [Fact]
    public void A_rung_runs_the_whole_schedule_on_its_own_budget_and_is_told_apart_by_key_stage_and_hash()
    {
        var (rung, whole) = (Plan.Cell(8, Plan.Rates(8)[0], 1), Plan.Cell(8, Plan.Rates(8)[0]));
        Assert.Equal((2, 16L, 18, 144L), (rung.Settings.Epochs, rung.Settings.Updates, whole.Settings.Epochs, whole.Settings.Updates));
        Assert.Equal([8L, 12, 72, 108], rung.Settings.Drops.Concat(whole.Settings.Drops));
        Assert.Equal(Plan.Cells.First(c => c.BatchSize == 8).SettingsHash, Plan.Cell(8, Plan.Rates(8)[0], 3).SettingsHash);
        var planned = SweepConfigurations.Of(Plan, new() { SweepId = "s-1" }).Select(c => c.Planned).ToList();
        Assert.Equal(12, planned.Count);
        Assert.All(planned, p => Assert.Equal((Stage.Rung, 1, "2 epochs"), (p.Stage, p.Rung!.Number, p.Rung.Budget)));
        Assert.StartsWith("s-1.m=4.lr=2^-9.rung=1.", planned[0].Key, StringComparison.Ordinal);

        // The first half of the rung is the beginning of the whole budget, bit for bit: neither has dropped.
        Assert.Equal(8, planned.Single(p => p is { BatchSize: 8, BaseLearningRate: "2^-9" }).Rung!.SharedUpdates);
    }

    [Fact]
    public void Each_batch_size_goes_through_its_own_rungs_then_the_grid_then_its_fresh_seeds()
    {
        var (state, rows) = Run(Plan, new() { SweepId = "s-1" }, [], _ => true);
        Assert.Equal([(4, 1, 3), (8, 1, 3), (4, 2, 3), (8, 2, 3)], state.RungDecisions.Select(d => (d.BatchSize, d.Rung, d.Kept.Length)).OrderBy(d => d.Item2).ThenBy(d => d.BatchSize));
        Assert.Equal([(4, "2^-7"), (8, "2^-6")], SweepConfigurations.Choices(Plan, state).Select(c => (c.BatchSize, c.BaseLearningRate!)));
        var planned = SweepConfigurations.Of(Plan, state).Select(c => c.Planned).ToList();
        Assert.Equal(rows.Count, planned.Sum(p => p.Replicas));
        Assert.Subset(SweepConfigurations.Possible(Plan, state).ToHashSet(), planned.Select(p => p.Key).ToHashSet());
        Assert.Equal(0, SweepSearch.Unplanned(Plan, state));
        Assert.Equal(
            [(Stage.Rung, 4, 16L, 12), (Stage.Rung, 8, 8, 12)],
            PreviewRows.Of(Plan, new() { SweepId = "s-1" }, []).Take(2).Select(r => (r.Stage, r.BatchSize, r.Updates / 2, r.Runs)));
        Assert.Equal([(12, 12), (12, 12), (6, 6), (6, 6), (6, 6), (6, 6), (1, 1), (1, 1)], PreviewRows.Of(Plan, state, rows).Select(r => (r.Runs, r.Stored)));

        // m = 8 is decided though m = 4 has ended nowhere.
        var (alone, _) = Run(Plan, new() { SweepId = "s-1" }, [], p => p.BatchSize == 8);
        Assert.All(alone.RungDecisions, d => Assert.Equal(8, d.BatchSize));
        Assert.Equal(8, Assert.Single(alone.Decisions).BatchSize);
    }

    [Fact]
    public void Whatever_ended_first_and_whichever_writes_were_lost_the_same_is_trained()
    {
        var (undisturbed, rows) = Run(Plan, new() { SweepId = "s-1" }, [], _ => true);
        var wanted = Told(undisturbed, rows);
        Gen.Int.Sample(
            seed =>
            {
                var chance = new Random(seed);
                var (state, stored) = (new SweepState { SweepId = "s-1" }, new List<ResultRow>());
                for (var turn = 0; turn < 150; turn++)
                {
                    var configurations = SweepConfigurations.Of(Plan, state);
                    var ended = SweepConfigurations.Complete(configurations, stored).ToHashSet();
                    if (configurations.Select(c => c.Planned).Where(p => !ended.Contains(p.Key)).ToList() is { Count: > 0 } left && chance.Next(4) > 0)
                    {
                        stored.AddRange(Rows(left[chance.Next(left.Count)]));
                    }
                    else
                    {
                        // A decision is computed by an activation that dies before it writes, after it wrote, or not at all.
                        state = chance.Next(3) == 0 ? state : Decided(Plan, state, stored);
                    }
                }

                Assert.Equal(wanted, Told(state, stored));
            },
            iter: 12);

        static string Told(SweepState state, List<ResultRow> rows) =>
            string.Join('\n', SweepConfigurations.Of(Plan, state).Select(c => c.Planned.Key).Concat(rows.Select(r => $"{r.RowKey} {r.Payload}").Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void More_replicas_and_a_wider_grid_end_as_a_sweep_that_had_them_from_the_beginning()
    {
        var (before, rows) = Run(Plan, new() { SweepId = "s-1" }, [], _ => true);
        var wider = SmallSweep.Plan(Text.Replace("2^-4]", "2^-4, 2^-3]", StringComparison.Ordinal).Replace("replicas: 2", "replicas: 3", StringComparison.Ordinal), testImages: 1000);
        Assert.Equal(SweepRelation.Extended, SweepDifference.Between(Plan.Spec, wider.Spec).Relation);
        var (extended, all) = Run(wider, SweepConfigurations.Extended(before, Plan.Spec, wider.Spec), rows, _ => true);
        var (whole, from) = Run(wider, new() { SweepId = "s-1" }, [], _ => true);
        var planned = SweepConfigurations.Of(wider, extended).Select(c => c.Planned.Key).ToHashSet();
        Assert.Equal(from.Select(r => r.RowKey).Order(StringComparer.Ordinal), all.Where(r => planned.Contains(r.ConfigurationKey)).Select(r => r.RowKey).Order(StringComparer.Ordinal));
        Assert.Equal(Kept(whole), Kept(extended));

        static IEnumerable<string> Kept(SweepState state) => state.RungDecisions.Select(d => $"{d.BatchSize} {d.Rung} {string.Join(' ', d.Kept)}").Order(StringComparer.Ordinal);
    }

    [Fact]
    public void A_batch_size_without_a_cell_that_may_train_is_over_after_its_rung()
    {
        var (state, _) = Run(Plan, new() { SweepId = "s-1" }, [], p => p.BatchSize == 8, p => Diverge(p, 1));
        Assert.Empty(Assert.Single(state.RungDecisions, d => d.Rung == 1).Kept);
        Assert.Equal((8, null), Assert.Single(state.Decisions) is var d ? (d.BatchSize, d.BaseLearningRate) : default);
        Assert.DoesNotContain(SweepConfigurations.Of(Plan, state), c => c.Planned is { BatchSize: 8, Stage: not Stage.Rung });
    }

    [Fact]
    public void The_answer_says_what_was_left_out_and_whether_it_could_have_changed_it()
    {
        // 2^-4 diverges in step 3 of the rung's 8 before its first drop, 2^-5 in step 12, after it.
        var (state, rows) = Run(Plan, new() { SweepId = "s-1" }, [], _ => true, p => p.BaseLearningRate switch { "2^-4" => Diverge(p, 3), "2^-5" => Diverge(p, 12), _ => Rows(p) });
        PlannedConfiguration[] planned = [.. SweepConfigurations.Of(Plan, state).Select(c => c.Planned)];
        var budgets = planned.ToDictionary(p => p.Key, p => p.Rung?.Budget);
        var sweep = new SweepSnapshot(
            "s", "s-1", Text, "synthetic (64 train, 1000 test)", 64, 1000, "resnet8", "18 epochs", 2, 1, planned.Length, planned.Length, "c", SweepPhase.Completed, 1, DateTimeOffset.UnixEpoch, null, null);
        var analysis = Analyst.Analyse(sweep, planned, ReplicaResults.Ordered(rows.Select(r => ReplicaResults.Read(r) with { Budget = budgets[r.ConfigurationKey] })));
        Assert.StartsWith("On synthetic", analysis.Sentence, StringComparison.Ordinal);
        Assert.Contains("; 7 of 12 cells of the grid were left out after a shorter budget; ", analysis.Sentence, StringComparison.Ordinal);
        Assert.Contains("m = 8: not trained to the end at 2^-4, which cannot change the answer: a seed diverged there in updates that the whole budget begins with too, bit for bit.", analysis.Warnings);
        Assert.Contains("m = 8: not trained to the end at 2^-9, 2^-8, 2^-5, left out after 2 epochs; on the whole budget one of them could have been better.", analysis.Warnings);
        Assert.Contains("m = 8: its best base learning rate 2^-6 lies next to one that was left out; a larger rung or a smaller search.factor would tell which is better.", analysis.Warnings);
        Assert.DoesNotContain(analysis.Warnings, w => w.Contains("configurations are complete", StringComparison.Ordinal));
        var eight = analysis.BatchSizes.Single(b => b.BatchSize == 8);
        Assert.Equal(("2^-7", "2^-6", true), (eight.Trains!.From, eight.Trains.To, eight.Trains.IsBound));
        Assert.Equal(["2 epochs", "6 epochs"], analysis.Rungs.Where(r => r.BatchSize == 8).Select(r => r.Budget));
        Assert.Equal(["2^-7", "2^-6"], analysis.Rungs.First(r => r.BatchSize == 8).Kept!);
    }

    [Fact]
    public void A_range_that_ends_where_the_whole_budget_would_diverge_is_no_bound()
    {
        CellSummary[] grid = [Cell("2^-9", 0.5) with { Trained = 0, Untrained = 2 }, Cell("2^-8", 0.5), Cell("2^-7", 0.5), Left("2^-6", 1)];
        Assert.False(LearningRateRange.Trains(grid)!.IsBound);
        grid[3] = Left("2^-6", 0);
        Assert.True(LearningRateRange.Trains(grid)!.IsBound);

        static CellSummary Left(string rate, int diverged) => new(Stage.Grid, 8, rate, 2, 0, 0, diverged, null, null, null, null, false, LeftOutAfter: "2 epochs");
    }

    /// <summary>Trains what is planned and wanted, and decides, until nothing is left of it.</summary>
    private static (SweepState State, List<ResultRow> Rows) Run(
        SweepPlan plan, SweepState state, IEnumerable<ResultRow> stored, Func<PlannedConfiguration, bool> wanted, Func<PlannedConfiguration, IEnumerable<ResultRow>>? train = null)
    {
        var rows = stored.ToList();
        for (var turn = 0; turn < 10; turn++)
        {
            var configurations = SweepConfigurations.Of(plan, state);
            var ended = SweepConfigurations.Complete(configurations, rows).ToHashSet();
            rows.AddRange(configurations.Select(c => c.Planned).Where(p => wanted(p) && !ended.Contains(p.Key)).SelectMany(train ?? Rows));
            state = Decided(plan, state, rows);
        }

        return (state, rows);
    }

    private static SweepState Decided(SweepPlan plan, SweepState state, List<ResultRow> rows)
    {
        var configurations = SweepConfigurations.Of(plan, state);
        var ended = SweepConfigurations.Complete(configurations, rows).ToHashSet();
        if (!SweepConfigurations.IsDue(plan, state, configurations, ended))
        {
            return state;
        }

        var rungs = SweepSearch.Decide(plan, state, configurations, ended, rows);
        return state with
        {
            RungDecisions = [.. state.RungDecisions.Where(d => rungs.All(n => (n.BatchSize, n.Rung) != (d.BatchSize, d.Rung))), .. rungs],
            Decisions = [.. state.Decisions, .. SweepConfigurations.Decide(plan, state, configurations, ended, rows)],
        };
    }

    /// <summary>Best at 2^-7 for m = 4, at 2^-6 for m = 8, worse by 0.1 an octave; the replicas differ by 0.01.</summary>
    private static IEnumerable<ResultRow> Rows(PlannedConfiguration planned) => Enumerable.Range(planned.FirstReplica, planned.Replicas).Select(r =>
    {
        var away = Math.Abs(ReplicaResults.Rate(planned.BaseLearningRate).Log2 + (planned.BatchSize == 4 ? 7 : 6));
        var score = 0.9 - (0.1 * away) + (0.01 * r);
        return new ResultRow(planned.Key, planned.Stage, planned.BatchSize, planned.BaseLearningRate, planned.SettingsHash, r, new OutcomeDocument(r, "trained", null, score, score, 1, 1, planned.Updates, null, []).Write());
    });

    private static IEnumerable<ResultRow> Diverge(PlannedConfiguration planned, long step) => Enumerable.Range(planned.FirstReplica, planned.Replicas).Select(r => new ResultRow(
        planned.Key, planned.Stage, planned.BatchSize, planned.BaseLearningRate, planned.SettingsHash, r, new OutcomeDocument(r, "diverged", step, null, null, null, null, planned.Updates, null, []).Write()));

    private static IEnumerable<string> Kept(CellSummary[] rung, SearchRule rule) => RungPolicy.Keep(rung, rule).Select(c => c.BaseLearningRate);

    private static CellSummary Cell(string rate, double score) => Summaries.Of(Stage.Rung, 8, rate, 2, [Result(rate, 0, score), Result(rate, 1, score)]);

    private static CellSummary Untrained(string rate, int untrained) => Cell(rate, 0.1) with { Trained = 2 - untrained, Untrained = untrained };

    private static CellSummary Diverged(string rate, int diverged, double? score) => Cell(rate, 0.1) with { Trained = 2 - diverged, Diverged = diverged, Mean = score };

    private static ReplicaResult Result(string rate, int replica, double? score) => new(
        Stage.Rung, 8, rate, "", replica, score is null ? OutcomeKind.Diverged : OutcomeKind.Trained, score is null ? 1 : null, score, score, 1, 1, 16, [], [], null);
}
