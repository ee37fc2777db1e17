using SmallBatch.Specs.Settings;

namespace SmallBatch.Training.Loop;

/// <summary>What is done at which step; a pure function of the settings. Steps count from 0.</summary>
internal sealed class Schedule
{
    private const int ScoredEvaluations = 5;
    private readonly TrainingSettings settings;
    private readonly long[] drops;

    public Schedule(TrainingSettings settings)
    {
        this.settings = settings;
        drops = [.. settings.DropAt.Select(f => (long)Math.Round(f * settings.Updates, MidpointRounding.AwayFromZero))];
        var afterDrop = drops.Length > 0 ? drops[^1] : 0;
        var fullEpochs = settings.Epochs - ((afterDrop + settings.UpdatesPerEpoch - 1) / settings.UpdatesPerEpoch);
        ScoredSteps = fullEpochs >= ScoredEvaluations
            ? [.. Enumerable.Range(0, ScoredEvaluations).Select(i => (settings.Epochs - (long)i) * settings.UpdatesPerEpoch).Order()]
            : [.. Enumerable.Range(1, ScoredEvaluations)
                .Select(i => afterDrop + (long)Math.Round(i * (settings.Updates - afterDrop) / (double)ScoredEvaluations, MidpointRounding.AwayFromZero))
                .Where(s => s > 0).Distinct()];
    }

    /// <summary>
    /// Numbers of updates after which an evaluation enters the score: the last 5 epochs' ends (Goyal et al. 2017), or for a
    /// short budget 5 moments spaced evenly after the last drop.
    /// </summary>
    public IReadOnlyList<long> ScoredSteps { get; }

    /// <summary>η of a step with a batch of <paramref name="images"/>: η̃·b, times the factor of each drop passed.</summary>
    public double LearningRate(long step, int images)
    {
        var rate = settings.BaseLearningRate.Value * images;
        foreach (var drop in drops)
        {
            rate *= step >= drop ? settings.DropFactor : 1;
        }

        return rate;
    }

    /// <summary>Whether the learning rate drops at this step.</summary>
    public bool DropsAt(long step) => drops.Contains(step);

    /// <summary>
    /// Momentum of the running statistics for a batch of <paramref name="images"/>: 1 − 0.9^(b/128), so that they forget per
    /// example, whatever the batch size, as the framework's 0.1 does at 128; or the fixed one asked for.
    /// </summary>
    public double NormMomentum(int images) => settings.BatchNormMomentum ?? 1 - Math.Pow(0.9, images / 128.0);
}
