namespace SmallBatch.Grains.Results;

/// <summary>
/// What measured durations t say of predicted ones p: t = k p + ε, where ε has the variance σ² p, since a long training is many short ones. From n
/// trainings, k is Σt / Σp, and σ² is Σ((t − k p)² / p) / (n − 1). The durations of other trainings, predicted as P together, then sum to k P with the
/// variance σ² P (1 + P / Σp): the first part is their own chance, the second that of k. This is the prediction of a total under the ratio
/// model: R. M. Royall, On finite population sampling theory under certain linear regression models, Biometrika 57 (1970) 377–387.
/// </summary>
/// <param name="Scale">k; 1 where nothing was measured.</param>
/// <param name="Variance">σ²; null below two trainings.</param>
/// <param name="Predicted">Σp, predicted seconds of the trainings that were measured.</param>
internal sealed record DurationFit(double Scale, double? Variance, double Predicted)
{
    /// <summary>The fit to what was measured.</summary>
    public static DurationFit Of(IReadOnlyCollection<(double Predicted, double Measured)> trainings)
    {
        if (trainings.Count == 0)
        {
            return new(1, null, 0);
        }

        var predicted = trainings.Sum(t => t.Predicted);
        var scale = trainings.Sum(t => t.Measured) / predicted;
        double? variance = trainings.Count > 1 ? trainings.Sum(t => Math.Pow(t.Measured - (scale * t.Predicted), 2) / t.Predicted) / (trainings.Count - 1) : null;
        return new(scale, variance, predicted);
    }
}
