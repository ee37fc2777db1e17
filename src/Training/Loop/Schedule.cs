using SmallBatch.Specs.Settings;

namespace SmallBatch.Training.Loop;

/// <summary>What is done at which step; a pure function of the settings. Steps count from 0.</summary>
internal sealed class Schedule
{
    private const int ScoredEvaluations = 5;
    private readonly TrainingSettings settings;

    public Schedule(TrainingSettings settings)
    {
        this.settings = settings;
        Plan = settings.Plan;
        var afterDrop = settings.Drops.Count > 0 ? Math.Min(settings.Drops[^1], Plan.Updates) : 0;
        var fullEpochs = Enumerable.Range(1, Plan.Epochs).Reverse().TakeWhile(e => Plan.EpochEnd(e - 1) >= afterDrop).Take(ScoredEvaluations).Count();
        ScoredSteps = fullEpochs >= ScoredEvaluations
            ? [.. Enumerable.Range(0, ScoredEvaluations).Select(i => Math.Min(Plan.Updates, Plan.EpochEnd(Plan.Epochs - i))).Order()]
            : [.. Enumerable.Range(1, ScoredEvaluations)
                .Select(i => afterDrop + (long)Math.Round(i * (Plan.Updates - afterDrop) / (double)ScoredEvaluations, MidpointRounding.AwayFromZero))
                .Where(s => s > 0).Distinct()];
        LargestBatch = Plan.At(Plan.Updates - 1).FullBatch;
    }

    /// <summary>Which batch each step takes.</summary>
    public EpochPlan Plan { get; }

    /// <summary>Images of the largest batch.</summary>
    public int LargestBatch { get; }

    /// <summary>
    /// Numbers of updates after which an evaluation enters the score: the last 5 epochs' ends (Goyal et al. 2017), or for a
    /// short budget 5 moments spaced evenly after the last drop.
    /// </summary>
    public IReadOnlyList<long> ScoredSteps { get; }

    /// <summary>
    /// η of a step is η̃ times this and the images of its batch: the factor of each drop passed, the warm-up's share, and m/m′
    /// where the batch has grown from m to m′, so that η stays.
    /// </summary>
    public double RateFactor(long step)
    {
        var factor = settings.BatchSize / (double)Plan.At(step).FullBatch;
        foreach (var drop in settings.Drops)
        {
            factor *= step >= drop ? settings.DropFactor : 1;
        }

        return step < settings.WarmupUpdates
            ? factor * (settings.WarmupFrom + ((1 - settings.WarmupFrom) * step / settings.WarmupUpdates))
            : factor;
    }

    /// <summary>Whether the learning rate drops at this step.</summary>
    public bool DropsAt(long step) => settings.Drops.Contains(step);

    /// <summary>Whether the update's variance is measured when so many updates are done.</summary>
    public bool MeasuresVarianceAt(long updates) => settings.UpdateVariance?.Updates.Contains(updates) == true;

    /// <summary>
    /// Momentum of the running statistics for <paramref name="images"/> normalised together: 1 − 0.9^(b/128), so that they
    /// forget per example, whatever the batch size, as the framework's 0.1 does at 128; or the fixed one asked for.
    /// </summary>
    public double NormMomentum(int images) => settings.BatchNormMomentum ?? 1 - Math.Pow(0.9, images / 128.0);
}
