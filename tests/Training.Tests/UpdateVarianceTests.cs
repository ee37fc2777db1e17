using SmallBatch.Specs.Outcomes;

namespace SmallBatch.Training.Tests;

/// <summary>Claim 10 of the paper: the update's variance is proportional to η̃²·m, so the mean gradient's to 1/m.</summary>
public sealed class UpdateVarianceTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Without_normalisation_the_mean_gradient_s_variance_is_that_of_one_image_over_m()
    {
        var plan = Torch.Plan("batchNorm: none\nupdateVariance: { at: [0, 1], batches: 400, batchSizes: [1, 4, 16] }", trainImages: 64, epochs: 1);
        var outcome = OutcomeDocument.Read(Torch.Train(Torch.Request(plan, 4, "2^-9", 2, folder.Path))[0]);
        var points = outcome.UpdateVariance!;
        Assert.Equal([(0L, 1), (0L, 4), (0L, 16), (16L, 1), (16L, 4), (16L, 16)], points.Select(p => (p.Step, p.BatchSize)));
        foreach (var moment in points.GroupBy(p => p.Step))
        {
            var ofOne = moment.First().GradientVariance!.Value;
            Assert.All(moment, p => Assert.InRange(p.GradientVariance!.Value * p.BatchSize / ofOne, 0.8, 1.25));
        }
    }

    [Fact]
    public void Cells_of_equal_replica_are_measured_at_the_same_weights_before_the_first_update()
    {
        var plan = Torch.Plan("updateVariance: { at: [0], batches: 3, batchSizes: [2] }");
        var variances = new[] { (4, "2^-9"), (8, "2^-5") }
            .Select(c => OutcomeDocument.Read(Torch.Train(Torch.Request(plan, c.Item1, c.Item2, 1, folder.Path))[0]).UpdateVariance!.Single().GradientVariance);
        Assert.Single(variances.Distinct());
    }
}
