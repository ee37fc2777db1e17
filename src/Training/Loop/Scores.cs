using SmallBatch.Specs.Settings;

namespace SmallBatch.Training.Loop;

/// <summary>From evaluations to a score and an outcome.</summary>
internal static class Scores
{
    private const double Level = 0.999;

    /// <summary>The median; of an even number the mean of the middle two.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>
    /// The accuracy that guessing stays at or below with probability 99.9 %: the binomial quantile over the images that select. A
    /// replica is trained only above it.
    /// </summary>
    public static double ChanceBound(TrainingSettings settings)
    {
        var images = settings.SelectionImages;
        var chance = 1.0 / settings.Dataset.Classes;
        var logTerm = images * Math.Log(1 - chance);
        var below = Math.Exp(logTerm);
        var correct = 0;
        while (below < Level && correct < images)
        {
            logTerm += Math.Log((images - correct) / (correct + 1.0)) + Math.Log(chance / (1 - chance));
            below += Math.Exp(logTerm);
            correct++;
        }

        return (double)correct / images;
    }
}
