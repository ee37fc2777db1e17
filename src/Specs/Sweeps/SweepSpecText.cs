using System.Globalization;
using System.Text;

namespace SmallBatch.Specs.Sweeps;

/// <summary>A specification's canonical YAML: every key, in one order. <see cref="SweepSpecReader"/> reads it back to an equal one.</summary>
public static class SweepSpecText
{
    /// <summary>Writes the canonical text.</summary>
    public static string Write(SweepSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var text = new StringBuilder();
        foreach (var (key, value) in Values(spec))
        {
            text.Append(key).Append(": ").Append(value).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Every key with its canonical value, in order; a batch normalisation rule of null is left out.</summary>
    internal static IEnumerable<(string Key, string Value)> Values(SweepSpec spec)
    {
        yield return ("name", spec.Name);
        yield return ("dataset", spec.Dataset.SyntheticTrainImages is { } train
            ? Invariant($"{{ kind: {spec.Dataset.Kind}, trainImages: {train}, testImages: {spec.Dataset.SyntheticTestImages} }}")
            : spec.Dataset.Kind);
        yield return ("network", spec.Network);
        yield return ("batchNorm", spec.BatchNorm.ToString().ToLowerInvariant());
        if (spec.BatchNormMomentum is { } momentum)
        {
            yield return ("bnMomentum", Invariant($"{momentum:R}"));
        }

        yield return ("batchSizes", $"[{string.Join(", ", spec.BatchSizes.Select(m => Invariant($"{m}")))}]");
        yield return ("baseLearningRates", $"[{string.Join(", ", spec.BaseLearningRates)}]");
        yield return ("replicas", Invariant($"{spec.Replicas}"));
        yield return ("confirm", Invariant($"{spec.Confirm}"));
        yield return ("epochs", Invariant($"{spec.Epochs}"));
        yield return ("augment", spec.Augment ? "true" : "false");
        yield return ("weightDecay", Invariant($"{spec.WeightDecay:R}"));
        yield return ("schedule", $"{{ dropAt: [{string.Join(", ", spec.DropAt.Select(d => Invariant($"{d:R}")))}], factor: {Invariant($"{spec.DropFactor:R}")} }}");
        yield return ("seed", Invariant($"{spec.Seed}"));
        yield return ("priority", Invariant($"{spec.Priority}"));
        yield return ("checkpoint", Invariant($"{{ every: {spec.CheckpointEvery.TotalSeconds:R}s }}"));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
