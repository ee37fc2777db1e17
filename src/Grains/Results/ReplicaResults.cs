using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Specs.Outcomes;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Grains.Results;

/// <summary>From stored rows to results.</summary>
internal static class ReplicaResults
{
    /// <summary>Reads a row's payload.</summary>
    public static ReplicaResult Read(ResultRow row)
    {
        var outcome = OutcomeDocument.Read(row.Payload);
        return new(
            row.Stage,
            row.BatchSize,
            row.BaseLearningRate,
            row.SettingsHash,
            row.Replica,
            outcome.Outcome switch
            {
                "trained" => OutcomeKind.Trained,
                "untrained" => OutcomeKind.Untrained,
                "diverged" => OutcomeKind.Diverged,
                var other => throw new InvalidDataException($"{row.ConfigurationKey}, replica {row.Replica}: found outcome {other}, wanted trained, untrained or diverged"),
            },
            outcome.DivergedAtStep,
            outcome.Score,
            outcome.FinalTestAccuracy,
            outcome.FinalTrainLoss,
            outcome.FinalTestLoss,
            outcome.Updates,
            [.. outcome.Curve.Select(p => new CurvePoint(p.Epoch, p.Step, p.TrainLoss, p.TrainAccuracy, p.TestLoss, p.TestAccuracy, p.GradientNorm, p.ValidationLoss, p.ValidationAccuracy))],
            [.. (outcome.UpdateVariance ?? []).Select(v => new VariancePoint(v.Step, v.BatchSize, v.GradientVariance))],
            outcome.TestCorrect is { } bits ? Convert.FromBase64String(bits) : null,
            outcome.ValidationScore);
    }

    /// <summary>What a replica is compared by: in the grid its score on the images that select, of a fresh seed that on the test images.</summary>
    public static double? Judged(ReplicaResult result) => result.Stage == Stage.Confirm ? result.Score : result.ValidationScore ?? result.Score;

    /// <summary>By stage, m, η̃, length of the run, replica.</summary>
    public static ReplicaResult[] Ordered(IEnumerable<ReplicaResult> results) =>
        [.. results.OrderBy(r => r.Stage).ThenBy(r => r.BatchSize).ThenBy(r => Rate(r.BaseLearningRate)).ThenBy(r => r.Updates).ThenBy(r => r.Replica)];

    /// <summary>η̃ from its canonical text.</summary>
    public static BaseLearningRate Rate(string text) =>
        BaseLearningRate.TryParse(text, out var rate) ? rate! : throw new FormatException($"found '{text}', wanted a base learning rate");
}
