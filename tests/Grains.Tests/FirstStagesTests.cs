using System.Text.Json;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Tests;

/// <summary>Sweeps that train what another one chose.</summary>
public sealed class FirstStagesTests
{
    private const string Text = """
        name: two
        dataset: { kind: synthetic, trainImages: 64, testImages: 16 }
        network: resnet8
        batchSizes: [4, 8]
        from: { sweep: one }
        batchNormBatchSize: 4
        epochs: 2
        """;

    private static readonly SweepPlan Plan = SmallSweep.Plan(Text);
    private static readonly SweepChoice First = new("one-1", null, JsonSerializer.Serialize(Plan.Dataset), Plan.Network.CanonicalText, [new(2, "2^-5"), new(4, "2^-7"), new(8, "1/300")]);

    [Fact]
    public void Each_batch_size_trains_the_rate_that_was_chosen_for_it_and_the_stored_text_says_which_and_by_whom()
    {
        var spec = FirstStages.Choose(Plan.Spec, Plan, First).Value!;
        var text = SweepSpecText.Write(spec);
        Assert.Contains("baseLearningRates: { 4: [2^-7], 8: [1/300] }\nfrom: { sweep: one, id: one-1 }\n", text, StringComparison.Ordinal);
        var stored = SmallSweep.Plan(text);
        Assert.Equal([(4, "2^-7"), (8, "1/300")], stored.Cells.Select(c => (c.BatchSize, $"{c.BaseLearningRate}")));
        Assert.Empty(stored.Spec.NotChosen);
        Assert.Equal("2^-7 at m = 4, 1/300 at m = 8, chosen by one (one-1)", stored.Spec.Choice);
        Assert.Equal(SmallSweep.Plan(Text.Replace("from: { sweep: one }", "baseLearningRates: { 4: 2^-7, 8: 1/300 }", StringComparison.Ordinal)).Cells.Select(c => c.SettingsHash), stored.Cells.Select(c => c.SettingsHash));
    }

    [Fact]
    public void What_was_chosen_once_stays_and_only_further_batch_sizes_are_asked_for()
    {
        var stored = FirstStages.Choose(Plan.Spec, Plan, First).Value!;
        var again = FirstStages.Recall(Plan.Spec, stored);
        Assert.Equal(SweepSpecText.Write(stored), SweepSpecText.Write(again));
        Assert.Equal(SweepRelation.Same, SweepDifference.Between(stored, again).Relation);
        var wider = FirstStages.Recall(SmallSweep.Plan(Text.Replace("[4, 8]", "[4, 8, 16]", StringComparison.Ordinal)).Spec, stored);
        Assert.Equal([16], wider.NotChosen);
        Assert.Equal("from.sweep: found one as one-2, wanted one-1, which chose the other batch sizes' η̃; or another name", Errors(wider, First with { SweepId = "one-2", Rates = [.. First.Rates, new(16, "2^-8")] }).Single());
        var whole = FirstStages.Choose(wider, Plan, First with { Rates = [.. First.Rates, new(16, "2^-8")] }).Value!;
        Assert.Equal(SweepRelation.Extended, SweepDifference.Between(stored, whole).Relation);
        Assert.Equal("2^-8", whole.Rates(16).Single().ToString());
    }

    [Fact]
    public void A_batch_size_with_its_own_rate_is_not_asked_for()
    {
        var spec = SmallSweep.Plan(Text + "\nbaseLearningRates: { 8: 2^-9 }").Spec;
        Assert.Equal([4], spec.NotChosen);
        Assert.Equal("2^-9", FirstStages.Choose(spec, Plan, First).Value!.Rates(8).Single().ToString());
    }

    [Fact]
    public void What_is_in_the_way_is_said_at_once()
    {
        Assert.Equal(["from.sweep: found no sweep 'one', wanted a completed sweep of this cluster"], Errors(Plan.Spec, null));
        Assert.Equal(["from.sweep: found two itself, wanted a completed sweep of this cluster"], Errors(Plan.Spec with { From = new("two", null) }, null));
        Assert.Equal(["from.sweep: found one, 3 of 8 configurations of which have ended, wanted it completed: until then it may choose otherwise"], Errors(Plan.Spec, First with { Unfinished = "3 of 8 configurations of which have ended", Rates = [] }));
        Assert.Equal(
            [
                "from.sweep: found one of another network, wanted one of resnet8, or baseLearningRates by batch size: { 8: 2^-9 }",
                "from.sweep: found one on another dataset, wanted one on synthetic (64 train, 16 test), or baseLearningRates by batch size: { 8: 2^-9 }",
                "batchSizes: found 4, which one does not have, wanted one of 2, or its own: baseLearningRates: { 4: 2^-9 }",
                "batchSizes: found 8, at which no η̃ of one trained with every replica, wanted one of 2, or its own: baseLearningRates: { 8: 2^-9 }",
            ],
            Errors(Plan.Spec, First with { Network = "other", Dataset = "{}", Rates = [new(2, "2^-5"), new(8, null)] }));
    }

    private static IEnumerable<string> Errors(SweepSpec spec, SweepChoice? first) => FirstStages.Choose(spec, Plan, first).Errors.Select(e => e.ToString());
}
