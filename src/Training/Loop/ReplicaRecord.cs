using SmallBatch.Specs.Outcomes;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Training.Loop;

/// <summary>What is known of one replica so far.</summary>
internal sealed class ReplicaRecord(int replica)
{
    public int Replica { get; } = replica;

    /// <summary>One point per finished epoch; ends with the last finite one.</summary>
    public List<OutcomePoint> Curve { get; } = [];

    /// <summary>Accuracies that enter the score.</summary>
    public List<double> Scored { get; } = [];

    /// <summary>The same on the images that were kept back to select.</summary>
    public List<double> ScoredOnValidation { get; } = [];

    /// <summary>What was measured of the update's variance.</summary>
    public List<UpdateVariancePoint> Variance { get; } = [];

    /// <summary>First step, from 1, that was not finite; 0 where none was.</summary>
    public long DivergedAtStep { get; set; }

    /// <summary>Whether it diverged: it is frozen, and nothing of it is recorded any more.</summary>
    public bool Diverged => DivergedAtStep > 0;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Curve.Clear();
        Scored.Clear();
        ScoredOnValidation.Clear();
        Variance.Clear();
        DivergedAtStep = 0;
    }

    /// <summary>The outcome, once every step is done or every replica of the job has diverged.</summary>
    public OutcomeDocument Outcome(TrainingSettings settings, Evaluation? final)
    {
        if (Diverged)
        {
            return new(Replica, "diverged", DivergedAtStep, null, null, null, null, settings.Updates, null, Curve, Measured(settings));
        }

        var score = Scores.Median(Scored);
        double? validation = settings.ValidationImages is null ? null : Scores.Median(ScoredOnValidation);
        var last = Curve[^1];
        return new(
            Replica,
            (validation ?? score) > Scores.ChanceBound(settings) ? "trained" : "untrained",
            null,
            score,
            last.TestAccuracy,
            last.TrainLoss,
            last.TestLoss,
            settings.Updates,
            Convert.ToBase64String(Bits(final!.Correct)),
            Curve,
            Measured(settings),
            validation);
    }

    private List<UpdateVariancePoint>? Measured(TrainingSettings settings) => settings.UpdateVariance is null ? null : Variance;

    private static byte[] Bits(bool[] values)
    {
        var bits = new byte[(values.Length + 7) / 8];
        for (var i = 0; i < values.Length; i++)
        {
            bits[i / 8] |= (byte)(values[i] ? 1 << (i % 8) : 0);
        }

        return bits;
    }
}
