using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Results;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Specs.Outcomes;

namespace SmallBatch.Grains.Tests;

/// <summary>Sweeps whose base learning rates are selected on training images that were kept back.</summary>
public sealed class ValidationSelectionTests
{
    private const string Text = """
        name: s
        dataset: { kind: synthetic, trainImages: 64, testImages: 1000 }
        network: resnet8
        batchSizes: [8]
        baseLearningRates: [2^-7, 2^-5]
        selectOn: { validation: 0.25 }
        replicas: 2
        confirm: 2
        epochs: 2
        """;

    [Fact]
    public void A_sweep_chooses_what_is_best_on_the_images_that_were_kept_back()
    {
        var plan = SmallSweep.Plan(Text, testImages: 1000);
        var state = new SweepState { SweepId = "s-1" };
        var grid = SweepConfigurations.Of(plan, state);
        ResultRow[] rows = [.. grid.SelectMany(c => Enumerable.Range(0, 2).Select(r => Row(c.Planned, r)))];
        var ended = grid.Select(c => c.Planned.Key).ToHashSet();
        Assert.Equal("2^-5", Assert.Single(SweepConfigurations.Decide(plan, state, grid, ended, rows)).BaseLearningRate);

        // 48 images in batches of 8, for 2 epochs.
        Assert.Equal((48, 16, 12L), (plan.TrainedImages, plan.SelectionImages, grid[0].Planned.Updates));
    }

    [Fact]
    public void The_grid_is_judged_on_the_images_that_select_and_the_answer_on_the_test_images()
    {
        var analysis = Analyse(confirm: true);
        Assert.Equal([0.6, 0.7], analysis.Cells.Where(c => c.Stage == Stage.Grid).Select(c => Math.Round(c.Mean!.Value, 12)));
        Assert.Equal(0.65, analysis.Cells.Single(c => c.Stage == Stage.Confirm).Mean!.Value, 12);
        Assert.StartsWith("On synthetic (48 train, 16 validation, 1000 test), resnet8 for 2 epochs: batch size 8 at base learning rate 2^-5 performs best, 65.0 ± 0.0 % test accuracy over 2 fresh seeds; ", analysis.Sentence, StringComparison.Ordinal);
        Assert.EndsWith("; η̃ was selected on 16 validation images that nothing trained on, and equal epochs give small batches more updates (12 at m = 8).", analysis.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_fresh_seeds_the_number_is_that_of_the_images_that_selected() =>
        Assert.Contains("70.0 ± 0.0 % validation accuracy over the 2 seeds that selected it; selection not confirmed", Analyse(confirm: false).Sentence, StringComparison.Ordinal);

    private static Analysis Analyse(bool confirm)
    {
        var plan = SmallSweep.Plan(Text, testImages: 1000);
        var state = new SweepState { SweepId = "s-1", Decisions = confirm ? [new(8, 2, "2^-5")] : [] };
        PlannedConfiguration[] planned = [.. SweepConfigurations.Of(plan, state).Select(c => c.Planned)];
        ReplicaResult[] results = ReplicaResults.Ordered(planned.SelectMany(p => Enumerable.Range(0, 2).Select(r => ReplicaResults.Read(Row(p, r)))));
        var sweep = new SweepSnapshot(
            "s", "s-1", Text, plan.Dataset.Describe(plan.ValidationImages), 48, 1000, "resnet8", "2 epochs", 2, confirm ? 2 : 0, planned.Length, planned.Length, "c",
            SweepPhase.Completed, 1, DateTimeOffset.UnixEpoch, null, null, plan.ValidationImages);
        return Analyst.Analyse(sweep, planned, results);
    }

    /// <summary>2^-7: 0.9 on the test images and 0.6 on those that select; 2^-5: 0.65 and 0.7.</summary>
    private static ResultRow Row(PlannedConfiguration planned, int replica)
    {
        var (test, validation) = planned.BaseLearningRate == "2^-7" ? (0.9, 0.6) : (0.65, 0.7);
        var outcome = new OutcomeDocument(replica, "trained", null, test, test, 1, 1, 12, null, [], ValidationScore: validation);
        return new(planned.Key, planned.Stage, planned.BatchSize, planned.BaseLearningRate, planned.SettingsHash, replica, outcome.Write());
    }
}
