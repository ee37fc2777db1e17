using System.Globalization;
using SmallBatch.Specs.Outcomes;
using SmallBatch.Specs.Settings;
using SmallBatch.Training.Loop;

namespace SmallBatch.Silo.Simulation;

/// <summary>
/// What would become of one replica, made up: a hill over the base learning rate, lower for large batches, with a spread between seeds, and above a
/// limit divergence. It depends on settings, stage and number alone, so that it is the same however often it is interrupted.
/// </summary>
internal sealed class SimulatedReplica
{
    private const double BestLog2Rate = -8;
    private const double Peak = 0.9;
    private const double Spread = 0.01;
    private const int ScoredEpochs = 5;
    private readonly TrainingSettings settings;
    private readonly int replica;
    private readonly bool[] right;

    public SimulatedReplica(TrainingSettings settings, string settingsHash, string stage, int replica, double diverging)
    {
        (this.settings, this.replica) = (settings, replica);
        var chance = new SeededChance(settingsHash, stage, replica.ToString(CultureInfo.InvariantCulture));
        var (rate, size) = (Coarse(settings.BaseLearningRate.Log2), Coarse(Math.Log2(settings.BatchSize)));
        var tooLarge = rate > -2 - (size / 2);
        var diverges = chance.Next() < diverging || tooLarge;
        var at = 1 + (long)(chance.Next() * settings.Updates);
        DivergedAtStep = diverges ? at : null;
        var guess = 1.0 / settings.Dataset.Classes;
        var hill = Peak - (0.01 * Math.Max(0, size - 3)) - (0.02 * (rate - BestLog2Rate) * (rate - BestLog2Rate)) + (Spread * (chance.Next() - 0.5));
        var accuracy = Math.Max(guess, hill);
        right = [.. Enumerable.Range(0, settings.Dataset.TestImages).Select(_ => chance.Next() < accuracy)];
    }

    /// <summary>First update that is not finite, from 1; null where it trains to its end.</summary>
    public long? DivergedAtStep { get; }

    /// <summary>Its accuracy after an epoch, from 1: it rises to the last one's.</summary>
    public double Accuracy(int epoch)
    {
        var last = right.Count(r => r) / (double)right.Length;
        var guess = 1.0 / settings.Dataset.Classes;
        var share = epoch * (settings.Epochs + 1.0) / (settings.Epochs * (epoch + 1.0));
        return epoch == settings.Epochs ? last : Round(guess + ((last - guess) * share));
    }

    /// <summary>Its outcome.</summary>
    public OutcomeDocument Outcome()
    {
        var epochs = Enumerable.Range(1, settings.Epochs).Where(e => DivergedAtStep is null || End(e) < DivergedAtStep).ToList();
        var curve = epochs.Select(Point).ToList();
        var variance = settings.UpdateVariance?.Updates.Where(u => DivergedAtStep is null || u < DivergedAtStep)
            .SelectMany(u => settings.UpdateVariance.BatchSizes.Select(m => new UpdateVariancePoint(u, m, Round(1.0 / m)))).ToList();
        if (DivergedAtStep is not null)
        {
            return new(replica, "diverged", DivergedAtStep, null, null, null, null, settings.Updates, null, curve, variance);
        }

        var score = Scores.Median(epochs.TakeLast(ScoredEpochs).Select(Accuracy));
        return new(
            replica, score > Scores.ChanceBound(settings) ? "trained" : "untrained", null, score, curve[^1].TestAccuracy, curve[^1].TrainLoss, curve[^1].TestLoss,
            settings.Updates, Convert.ToBase64String(Bits()), curve, variance, settings.ValidationImages is null ? null : score);
    }

    private OutcomePoint Point(int epoch)
    {
        var accuracy = Accuracy(epoch);
        var loss = Round(2.5 * (1 - accuracy));
        double? kept = settings.ValidationImages is null ? null : accuracy;
        return new(epoch, End(epoch), loss, accuracy, loss, accuracy, Round(1.0 / epoch), kept is null ? null : loss, kept);
    }

    private long End(int epoch) => Math.Min(settings.Updates, settings.Plan.EpochEnd(epoch));

    private byte[] Bits()
    {
        var bits = new byte[(right.Length + 7) / 8];
        for (var i = 0; i < right.Length; i++)
        {
            bits[i / 8] |= (byte)(right[i] ? 1 << (i % 8) : 0);
        }

        return bits;
    }

    /// <summary>Two machines' logarithms may differ in their last digit.</summary>
    private static double Coarse(double value) => Math.Round(value * 64) / 64;

    private static double Round(double value) => Math.Round(value, 6);
}
