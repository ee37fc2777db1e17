using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Results;

namespace SmallBatch.Grains.Tests;

public sealed class AnalystTests
{
    private static readonly string[] Rates = ["2^-9", "2^-7", "2^-5"];

    [Fact]
    public void The_interval_is_that_of_Students_t()
    {
        // The tables' quantile of Student's t for 97.5 % and 2 degrees of freedom is 4.302653; 0.62333 ± 4.302653 · 0.01527525 / √3.
        var cell = Summaries.Of(Stage.Grid, 8, "2^-7", 3, Results(Stage.Grid, 8, "2^-7", 0.61, 0.64, 0.62));
        Assert.Equal(0.62333333, cell.Mean!.Value, 8);
        Assert.Equal(0.01527525, cell.StandardDeviation!.Value, 8);
        Assert.Equal((0.5853875, 0.6612792), (Math.Round(cell.IntervalLow!.Value, 7), Math.Round(cell.IntervalHigh!.Value, 7)));
    }

    [Fact]
    public void A_clear_winner_is_named_with_its_evidence()
    {
        var analysis = Analyse(
            [.. Grid(2, 0.3, 0.5, 0.4), .. Grid(8, 0.5, 0.6, 0.55), .. Results(Stage.Confirm, 2, "2^-7", 0.50, 0.51, 0.49), .. Results(Stage.Confirm, 8, "2^-7", 0.60, 0.61, 0.59)]);
        Assert.Equal(
            "On cifar10 (5000 train, 1000 test), resnet8 for 15 epochs: batch size 8 at base learning rate 2^-7 performs best, 60.0 ± 1.0 % test accuracy over 3 fresh seeds; "
            + "all others are told apart from it at 5 %; no other lies within 0.5 points of its mean; η̃ was selected on the test images too, and equal epochs give small batches more updates (37500 at m = 2, 9375 at m = 8).",
            analysis.Sentence);
        Assert.Equal((8, true, 0), (analysis.BestBatchSize, analysis.Confirmed, analysis.NotToldApart.Length));
    }

    [Fact]
    public void What_cannot_be_told_from_the_best_is_named_beside_it()
    {
        var analysis = Analyse(
            [.. Grid(2, 0.3, 0.58, 0.4), .. Grid(8, 0.5, 0.6, 0.55), .. Results(Stage.Confirm, 2, "2^-7", 0.55, 0.61, 0.58), .. Results(Stage.Confirm, 8, "2^-7", 0.60, 0.61, 0.59)]);
        Assert.Equal([2], analysis.NotToldApart);
        Assert.Contains("batch size 2 cannot be told from it at 5 %", analysis.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unreliable_cell_with_a_high_mean_does_not_win()
    {
        ReplicaResult[] unreliable = [.. Results(Stage.Grid, 8, "2^-5", 0.9, 0.9), Diverged(8, "2^-5", 2)];
        var analysis = Analyse([.. Grid(2, 0.3, 0.5, 0.4), .. Results(Stage.Grid, 8, "2^-9", 0.5, 0.5, 0.5), .. Results(Stage.Grid, 8, "2^-7", 0.6, 0.6, 0.6), .. unreliable]);
        Assert.Equal("2^-7", analysis.BatchSizes.Single(b => b.BatchSize == 8).BestBaseLearningRate);
        Assert.Equal((2, 0, 1), analysis.Cells.Where(c => c.BatchSize == 8 && c.BaseLearningRate == "2^-5").Select(c => (c.Trained, c.Untrained, c.Diverged)).Single());
    }

    [Fact]
    public void Without_fresh_seeds_the_sentence_says_that_the_selection_is_not_confirmed()
    {
        var analysis = Analyse([.. Grid(2, 0.3, 0.5, 0.4), .. Grid(8, 0.5, 0.6, 0.55)]);
        Assert.Contains("selection not confirmed", analysis.Sentence, StringComparison.Ordinal);
        Assert.Contains(analysis.Warnings, w => w.StartsWith("6 of 8 configurations are complete", StringComparison.Ordinal));
    }

    [Fact]
    public void An_answer_before_the_end_is_so_far_and_claims_nothing_of_what_has_not_run()
    {
        var analysis = Analyse([.. Grid(2, 0.3, 0.5)]);
        Assert.StartsWith("So far, on cifar10", analysis.Sentence, StringComparison.Ordinal);
        Assert.Contains("no other batch size has a result yet", analysis.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("told apart", analysis.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_beside_a_cell_that_is_not_complete_is_a_lower_bound()
    {
        // Between diverged cells it would be exact: 2^-7 alone, with nothing known of 2^-5.
        var analysis = Analyse([Diverged(2, "2^-9", 0), Diverged(2, "2^-9", 1), Diverged(2, "2^-9", 2), .. Results(Stage.Grid, 2, "2^-7", 0.5, 0.5, 0.5)]);
        var range = analysis.BatchSizes.Single(b => b.BatchSize == 2);
        Assert.Equal(("2^-7", "2^-7", true), (range.Trains!.From, range.Trains.To, range.Trains.IsBound));
    }

    [Fact]
    public void The_three_ranges_ask_for_more_and_more()
    {
        // m = 2: best 50 %, 49 % beside it; m = 8 has 60 %: nothing of m = 2 is within 2 points of that.
        var analysis = Analyse([.. Grid(2, 0.3, 0.5, 0.49), .. Grid(8, 0.5, 0.6, 0.55)]);
        var two = analysis.BatchSizes.Single(b => b.BatchSize == 2);
        Assert.Equal((new RateRange("2^-9", "2^-5", 4, true), new RateRange("2^-7", "2^-5", 2, true), null), (two.Trains!, two.NearOwnBest!, two.NearNetworkBest));
        Assert.Equal(new RateRange("2^-7", "2^-7", 0, false), analysis.BatchSizes.Single(b => b.BatchSize == 8).NearNetworkBest);
    }

    [Fact]
    public void Fresh_seeds_that_did_not_all_train_cannot_make_the_best()
    {
        var diverged = Diverged(8, "2^-7", 2) with { Stage = Stage.Confirm };
        var analysis = Analyse(
            [.. Grid(2, 0.3, 0.5, 0.4), .. Grid(8, 0.5, 0.6, 0.55), .. Results(Stage.Confirm, 2, "2^-7", 0.50, 0.51, 0.49), .. Results(Stage.Confirm, 8, "2^-7", 0.60, 0.61), diverged]);
        Assert.Equal((2, true), (analysis.BestBatchSize, analysis.Confirmed));
        Assert.Equal([8], analysis.LeftOut);
    }

    [Fact]
    public void A_batch_size_all_of_whose_fresh_seeds_diverged_is_left_out_and_the_others_are_confirmed()
    {
        var diverged = Enumerable.Range(0, 3).Select(r => Diverged(8, "2^-7", r) with { Stage = Stage.Confirm });
        var analysis = Analyse([.. Grid(2, 0.3, 0.5, 0.4), .. Grid(8, 0.5, 0.6, 0.55), .. Results(Stage.Confirm, 2, "2^-7", 0.50, 0.51, 0.49), .. diverged]);
        Assert.Equal((2, true), (analysis.BestBatchSize, analysis.Confirmed));
        Assert.Equal([8], analysis.LeftOut);
        Assert.Contains("m = 8: 0 of 3 fresh seeds trained at 2^-7: it cannot be the best.", analysis.Warnings);
    }

    [Fact]
    public void What_is_left_of_a_cell_after_failures_has_a_mean_and_no_interval()
    {
        var diverged = Summaries.Of(Stage.Confirm, 8, "2^-7", 3, [.. Results(Stage.Confirm, 8, "2^-7", 0.60, 0.61), Diverged(8, "2^-7", 2)]);
        Assert.Equal((0.605, null, null), (diverged.Mean, diverged.IntervalLow, diverged.IntervalHigh));
        ReplicaResult[] untrained = [.. Results(Stage.Confirm, 8, "2^-7", 0.60, 0.61, 0.1).Select(r => r.Replica == 2 ? r with { Outcome = OutcomeKind.Untrained } : r)];
        Assert.Null(Summaries.Of(Stage.Confirm, 8, "2^-7", 3, untrained).IntervalLow);
    }

    [Fact]
    public void Equal_scores_are_known_to_within_rounding_and_no_better()
    {
        // A quarter of an image of 256 apart, without any spread: not told apart. Ten images of 1,000: told apart.
        ReplicaResult[] grids = [.. Grid(2, 0.3, 0.5, 0.4), .. Grid(8, 0.5, 0.6, 0.55)];
        Assert.Equal([2], Analyse([.. grids, .. Results(Stage.Confirm, 2, "2^-7", 0.599, 0.599, 0.599), .. Results(Stage.Confirm, 8, "2^-7", 0.6, 0.6, 0.6)], testImages: 256).NotToldApart);
        Assert.Empty(Analyse([.. grids, .. Results(Stage.Confirm, 2, "2^-7", 0.59, 0.59, 0.59), .. Results(Stage.Confirm, 8, "2^-7", 0.6, 0.6, 0.6)]).NotToldApart);
    }

    [Fact]
    public void What_only_these_test_images_show_is_warned_of()
    {
        // 8 images: m = 8 is right on 6 (bits 0 to 5), m = 2 on 5 of the same; the seeds agree to the last image.
        var analysis = Analyse(
            [
                .. Grid(2, 0.3, 0.5, 0.4), .. Grid(8, 0.5, 0.6, 0.55),
                .. Results(Stage.Confirm, 2, "2^-7", 0.625, 0.625, 0.625).Select(r => r with { TestCorrect = [0b0001_1111] }),
                .. Results(Stage.Confirm, 8, "2^-7", 0.75, 0.75, 0.75).Select(r => r with { TestCorrect = [0b0011_1111] }),
            ],
            testImages: 8);
        var two = analysis.BatchSizes.Single(b => b.BatchSize == 2);
        // Differences −1 once, 0 seven times: mean −1/8, deviation √(1/8), 1.959964 · √(1/8) / √8 = 0.2449955.
        Assert.Equal((-0.3699955, 0.1199955), (Math.Round(two.TestSetFromBest!.Low, 7), Math.Round(two.TestSetFromBest.High, 7)));
        Assert.Empty(analysis.NotToldApart);
        Assert.Contains("m = 2: the seeds tell it from the best on these 8 test images only; on others its distance could be −37.0 to +12.0 points.", analysis.Warnings);
    }

    [Fact]
    public void Where_nothing_trained_nothing_is_named()
    {
        var all = from m in new[] { 2, 8 } from rate in Rates from r in Enumerable.Range(0, 3) select Diverged(m, rate, r);
        var analysis = Analyse([.. all], confirm: false);
        Assert.Null(analysis.BestBatchSize);
        Assert.EndsWith("so none can be named.", analysis.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_winner_on_the_grids_edge_is_warned_of_and_its_range_is_a_lower_bound()
    {
        var analysis = Analyse([.. Grid(2, 0.3, 0.4, 0.5), .. Results(Stage.Grid, 8, "2^-9", 0.5, 0.5, 0.5), Diverged(8, "2^-7", 0), Diverged(8, "2^-7", 1), Diverged(8, "2^-7", 2), .. Results(Stage.Grid, 8, "2^-5", 0.5, 0.5, 0.6)]);
        var two = analysis.BatchSizes.Single(b => b.BatchSize == 2);
        Assert.Equal((true, 4.0, true), (two.OnGridEdge, two.Trains!.Octaves, two.Trains.IsBound));
        Assert.Equal(0.0, analysis.BatchSizes.Single(b => b.BatchSize == 8).Trains!.Octaves);
        Assert.Contains(analysis.Warnings, w => w.StartsWith("m = 2: its best base learning rate 2^-5 lies on the grid's edge", StringComparison.Ordinal));
    }

    [Fact]
    public void A_sweep_that_its_limit_ended_says_so_and_what_could_have_changed_the_answer()
    {
        var analysis = Analyse([.. Grid(2, 0.3, 0.5, 0.4), .. Grid(8, 0.5, 0.6)], confirm: false, limited: "ended by its limit of 5 device-hours, 5.01 were used");
        Assert.StartsWith("Ended by its limit, on cifar10", analysis.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("So far", analysis.Sentence, StringComparison.Ordinal);
        Assert.Equal("5 of 6 configurations are complete; the sweep was ended by its limit of 5 device-hours, 5.01 were used.", analysis.Warnings[0]);
        Assert.Contains("m = 8: not trained to the end at 2^-5; a better base learning rate may be among them.", analysis.Warnings);
        Assert.DoesNotContain(analysis.Warnings, w => w.StartsWith("m = 2: not trained", StringComparison.Ordinal));
    }

    private static Analysis Analyse(ReplicaResult[] results, bool confirm = true, int testImages = 1000, string? limited = null)
    {
        PlannedConfiguration[] confirming = confirm ? [Planned(Stage.Confirm, 2, "2^-7"), Planned(Stage.Confirm, 8, "2^-7")] : [];
        var plan = (from m in new[] { 2, 8 } from rate in Rates select Planned(Stage.Grid, m, rate)).Concat(confirming).ToArray();
        var sweep = new SweepSnapshot("s", "s-1", "", "cifar10 (5000 train, 1000 test)", 5000, testImages, "resnet8", "15 epochs", 3, 3, 8, 0, null, limited is null ? SweepPhase.Grid : SweepPhase.Limited, 1, DateTimeOffset.UnixEpoch, null, limited);
        return Analyst.Analyse(sweep, plan, results);
    }

    private static PlannedConfiguration Planned(Stage stage, int m, string rate) => new($"{stage}{m}{rate}", stage, m, rate, "hash", 3, 15, 15 * ((5000 + m - 1) / m), 1);

    private static IEnumerable<ReplicaResult> Grid(int m, params double[] scores) => scores.SelectMany((s, i) => Results(Stage.Grid, m, Rates[i], s - 0.01, s, s + 0.01));

    private static ReplicaResult[] Results(Stage stage, int m, string rate, params double[] scores) =>
        [.. scores.Select((s, i) => new ReplicaResult(stage, m, rate, "hash", i, OutcomeKind.Trained, null, s, s, 1, 1, 10, [], [], null))];

    private static ReplicaResult Diverged(int m, string rate, int replica) => new(Stage.Grid, m, rate, "hash", replica, OutcomeKind.Diverged, 3, null, null, null, null, 10, [], [], null);
}
