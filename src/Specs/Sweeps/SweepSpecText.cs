using System.Globalization;
using System.Text;
using SmallBatch.Specs.Settings;

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

    /// <summary>Every key with its canonical value, in order; what was not asked for is left out where that leaves the text of older sweeps as it was.</summary>
    internal static IEnumerable<(string Key, string Value)> Values(SweepSpec spec)
    {
        yield return ("name", spec.Name);
        yield return ("dataset", spec.Dataset.CanonicalText);
        yield return ("network", spec.Network);
        yield return ("batchNorm", spec.BatchNorm.ToString().ToLowerInvariant());
        if (spec.GroupNorm is { } groups)
        {
            yield return ("groupNorm", Invariant($"{groups}"));
        }

        if (spec.BatchNormMomentum is { } momentum)
        {
            yield return ("bnMomentum", Invariant($"{momentum:R}"));
        }

        yield return ("batchSizes", $"[{string.Join(", ", spec.BatchSizes.Select(m => Invariant($"{m}")))}]");
        if (spec.RatesByBatchSize is not { } own)
        {
            yield return ("baseLearningRates", $"[{string.Join(", ", spec.BaseLearningRates)}]");
        }
        else if (own.Count > 0)
        {
            yield return ("baseLearningRates", $"{{ {string.Join(", ", own.OrderBy(r => r.Key).Select(r => Invariant($"{r.Key}: [{string.Join(", ", r.Value)}]")))} }}");
        }

        if (spec.From is { } from)
        {
            yield return ("from", $"{{ sweep: {from.Sweep}{(from.SweepId is { } id ? $", id: {id}" : "")} }}");
        }

        if (spec.Scaling is { } scaling)
        {
            yield return ("scaling", Invariant($"{{ rule: {Lower(scaling.Rule)}, reference: {scaling.Reference} }}"));
        }

        yield return ("replicas", Count(spec.Replicas, spec.ReplicasUntil));
        yield return ("confirm", Count(spec.Confirm, spec.ConfirmUntil));
        yield return (Lower(spec.Budget.Unit), Invariant($"{spec.Budget.Amount}"));
        yield return ("augment", spec.Augment ? "true" : "false");
        foreach (var pair in Training(spec))
        {
            yield return pair;
        }

        if (spec.Search is { } search)
        {
            yield return ("search", Invariant($"{{ kind: {Lower(search.Kind)}, rungs: {search.Rungs}, factor: {search.Factor} }}"));
        }

        if (spec.ValidationShare is { } share)
        {
            yield return ("selectOn", Invariant($"{{ validation: {share:R} }}"));
        }

        if (spec.StopWhenDecided)
        {
            yield return ("stop", "decided");
        }

        if (spec.Delta != SweepSpec.DefaultDelta)
        {
            yield return ("delta", Invariant($"{spec.Delta:R}"));
        }

        yield return ("seed", Invariant($"{spec.Seed}"));
        yield return ("priority", Invariant($"{spec.Priority}"));
        if (spec.Team != SweepSpec.DefaultTeam)
        {
            yield return ("team", spec.Team);
        }

        if (spec.Weight != 1)
        {
            yield return ("weight", Invariant($"{spec.Weight}"));
        }

        if (spec.LimitDeviceHours is { } hours)
        {
            yield return ("limit", Invariant($"{{ deviceHours: {hours:R} }}"));
        }

        var keep = spec.CheckpointKept == KeptCheckpoint.FirstDrop ? ", keep: firstDrop" : "";
        yield return ("checkpoint", Invariant($"{{ every: {spec.CheckpointEvery.TotalSeconds:R}s{keep} }}"));
    }

    private static string Count(int count, NarrowingRule? rule) =>
        rule is { } r ? Invariant($"{{ min: {count}, max: {r.Max}, until: {r.Until:R} }}") : Invariant($"{count}");

    private static IEnumerable<(string Key, string Value)> Training(SweepSpec spec)
    {
        var optimizer = spec.Optimizer;
        if (optimizer != OptimizerSettings.Plain)
        {
            yield return ("optimizer", optimizer.Kind == OptimizerKind.Sgd
                ? Invariant($"{{ kind: sgd, momentum: {optimizer.Momentum:R}, nesterov: {(optimizer.Nesterov ? "true" : "false")} }}")
                : Invariant($"{{ kind: adamw, beta1: {optimizer.Beta1:R}, beta2: {optimizer.Beta2:R}, epsilon: {optimizer.Epsilon:R} }}"));
        }

        yield return ("weightDecay", Invariant($"{spec.WeightDecay:R}"));
        yield return ("schedule", spec.Drops.Epochs.Count > 0
            ? $"{{ dropAtEpochs: {List(spec.Drops.Epochs)}, factor: {Invariant($"{spec.Drops.Factor:R}")} }}"
            : $"{{ dropAt: {List(spec.Drops.Fractions)}, factor: {Invariant($"{spec.Drops.Factor:R}")} }}");
        if (spec.Warmup is { } warmup)
        {
            yield return ("warmup", Invariant($"{{ fraction: {warmup.Fraction:R}, from: {warmup.From:R} }}"));
        }

        if (spec.BatchGrowth.Count > 0)
        {
            yield return ("batchGrowth", $"[{string.Join(", ", spec.BatchGrowth.Select(g => Invariant($"{{ at: {g.At:R}, factor: {g.Factor} }}")))}]");
        }

        if (spec.MicroBatches is { } parts)
        {
            yield return parts.Rule switch
            {
                MicroBatchRule.Size => ("batchNormBatchSize", Invariant($"{parts.Number}")),
                MicroBatchRule.Parts => ("accumulate", Invariant($"{parts.Number}")),
                var rule => ("workers", Invariant($"{{ count: {parts.Number}, batchNorm: {(rule == MicroBatchRule.Workers ? "own" : "synchronised")} }}")),
            };
        }

        if (spec.Precision != Precision.Full)
        {
            yield return ("precision", Lower(spec.Precision));
        }

        if (spec.UpdateVariance is { } variance)
        {
            var sizes = variance.BatchSizes.Count > 0 ? $", batchSizes: {List(variance.BatchSizes)}" : "";
            yield return ("updateVariance", $"{{ at: {List(variance.At)}, batches: {Invariant($"{variance.Batches}")}{sizes} }}");
        }
    }

    private static string List<T>(IEnumerable<T> values)
        where T : IFormattable => $"[{string.Join(", ", values.Select(v => v.ToString(v is double ? "R" : null, CultureInfo.InvariantCulture)))}]";

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
