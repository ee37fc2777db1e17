using SmallBatch.Specs.Outcomes;
using SmallBatch.Specs.Sweeps;
using SmallBatch.Training.Datasets;
using SmallBatch.Training.Loop;

namespace SmallBatch.Training.Tests;

/// <summary>Training images that are kept back to select.</summary>
public sealed class ValidationTests : IDisposable
{
    private static readonly SweepPlan Plan = Torch.Plan("selectOn: { validation: 0.4 }");
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_split_depends_on_the_number_of_images_alone_and_a_smaller_one_is_part_of_a_larger_one()
    {
        var (tenth, fifth) = (ValidationSplit.Of(5000, 500), ValidationSplit.Of(5000, 1000));
        Assert.Equal(500, tenth.Distinct().Count());
        Assert.Subset(fifth.ToHashSet(), tenth.ToHashSet());

        // Pinned: a release that kept back others would train on what earlier sweeps selected on.
        Assert.Equal([17, 18, 27, 46, 47], tenth.Take(5));
    }

    [Fact]
    public void An_image_is_trained_on_or_kept_back_and_pixels_are_normalised_as_without()
    {
        var all = SyntheticImages.Make(Plan.Dataset);
        var split = ValidationSplit.Split(all, 20);
        Assert.Equal((30, 20, 30), (split.Train.Count, split.Validation!.Count, split.Test.Count));
        var images = new[] { split.Train, split.Validation }.SelectMany(s => Enumerable.Range(0, s.Count).Select(i => (Convert.ToHexString(s.Image(i)), s.Labels[i]))).ToHashSet();
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (Convert.ToHexString(all.Train.Image(i)), all.Train.Labels[i])).ToHashSet(), images);
        Assert.Equal(all.Normalised, split.Normalised);
    }

    [Fact]
    public void What_is_kept_back_changes_nothing_but_the_figures_on_it()
    {
        var request = Torch.Request(Plan, 4, "2^-6", 2, folder.Path);
        var labels = request.Data.Train.Labels.ToArray();
        foreach (var kept in ValidationSplit.Of(50, 20))
        {
            labels[kept] = (ushort)((labels[kept] + 1) % 10);
        }

        var other = request with { Data = new(request.Data.Train with { Labels = labels }, request.Data.Test, request.Data.Classes) };
        OutcomeDocument[] one = [.. Torch.Train(request).Select(OutcomeDocument.Read)];
        OutcomeDocument[] two = [.. Torch.Train(other).Select(OutcomeDocument.Read)];
        Assert.All(one.Zip(two), p => Assert.NotEqual(p.First.Curve.Select(c => c.ValidationLoss), p.Second.Curve.Select(c => c.ValidationLoss)));
        Assert.Equal(one.Select(WithoutValidation), two.Select(WithoutValidation));
    }

    [Fact]
    public void The_score_that_selects_is_the_median_of_the_same_evaluations_and_decides_whether_a_replica_trained()
    {
        var settings = Plan.Cells[0].Settings;
        Assert.Equal((30, 20), (settings.TrainedImages, settings.SelectionImages));
        var record = new ReplicaRecord(0);
        record.Curve.Add(new(1, 8, 1, 0.5, 1, 0.9, null, 1, 0.05));
        record.Scored.AddRange([0.9, 0.9, 0.9]);
        record.ScoredOnValidation.AddRange([0.05, 0.05, 0.1]);
        var outcome = record.Outcome(settings, new(1, [true]));
        Assert.Equal(("untrained", 0.9, 0.05), (outcome.Outcome, outcome.Score!.Value, outcome.ValidationScore!.Value));
    }

    [Fact]
    public void Without_one_an_outcome_has_the_bytes_that_it_always_had()
    {
        var written = Torch.Train(Torch.Request(Torch.Plan("selectOn: test"), 4, "2^-6", 2, folder.Path));
        Assert.Equal(Torch.Train(Torch.Request(Torch.Plan(), 4, "2^-6", 2, folder.Path)), written);
        Assert.All(written, w => Assert.DoesNotContain("alidation", w));
    }

    /// <summary>All of it that does not say how it did on what was kept back; whether it trained is judged there.</summary>
    private static string WithoutValidation(OutcomeDocument outcome) => (outcome with
    {
        Outcome = "",
        ValidationScore = null,
        Curve = [.. outcome.Curve.Select(p => p with { ValidationLoss = null, ValidationAccuracy = null })],
    }).Write();
}
