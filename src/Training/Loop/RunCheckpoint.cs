using System.Runtime.InteropServices;
using SmallBatch.Specs.Outcomes;
using SmallBatch.Training.Checkpoints;
using SmallBatch.Training.Networks;
using static TorchSharp.torch;

namespace SmallBatch.Training.Loop;

/// <summary>
/// A configuration's whole state as tensors, and back: weights, running statistics, the optimiser's state, accumulators, curves,
/// scores and measurements of every replica.
/// </summary>
internal static class RunCheckpoint
{
    private const int PointNumbers = 7;
    private const int VarianceNumbers = 3;
    private const int ValidationNumbers = 2;

    /// <summary>Everything that the rest of the run depends on.</summary>
    public static IReadOnlyList<StoredTensor> Take(TrainingTask task, IReadOnlyList<Replica> replicas, IReadOnlyList<ReplicaValues> values)
    {
        using var scope = NewDisposeScope();
        var stored = new List<StoredTensor>();
        foreach (var (replica, value) in replicas.Zip(values))
        {
            var at = $"replica{replica.Number}";
            for (var p = 0; p < task.Parameters.Count; p++)
            {
                var spec = task.Parameters[p];
                stored.Add(Floats($"{at}.{spec.Name}", spec, value.Parameters[p]));
                stored.AddRange(value.States[p].Select((state, s) => Floats($"{at}.optimizer{s}.{spec.Name}", spec, state)));
            }

            var record = replica.Record;
            stored.Add(Doubles($"{at}.accumulators", [ReplicaValues.AccumulatorCount], value.Accumulators));
            var points = record.Curve.SelectMany(p => new[] { p.Epoch, p.Step, p.TrainLoss, p.TrainAccuracy, p.TestLoss, p.TestAccuracy, p.GradientNorm ?? double.NaN });
            stored.Add(Doubles($"{at}.curve", [record.Curve.Count, PointNumbers], [.. points]));
            stored.Add(Doubles($"{at}.scored", [record.Scored.Count], [.. record.Scored]));
            var variance = record.Variance.SelectMany(v => new[] { v.Step, v.BatchSize, v.GradientVariance ?? double.NaN });
            stored.Add(Doubles($"{at}.variance", [record.Variance.Count, VarianceNumbers], [.. variance]));
            stored.Add(Doubles($"{at}.divergedAtStep", [1], [record.DivergedAtStep]));
            if (task.Data.Validation is not null)
            {
                stored.Add(Doubles($"{at}.validation", [record.Curve.Count, ValidationNumbers], [.. record.Curve.SelectMany(p => new[] { p.ValidationLoss!.Value, p.ValidationAccuracy!.Value })]));
                stored.Add(Doubles($"{at}.scoredOnValidation", [record.ScoredOnValidation.Count], [.. record.ScoredOnValidation]));
            }
        }

        return stored;
    }

    /// <summary>Puts it back. Throws <see cref="InvalidDataException"/> where a tensor is missing or has another shape; then nothing may be trained on.</summary>
    public static void Restore(IReadOnlyDictionary<string, StoredTensor> stored, TrainingTask task, IReadOnlyList<Replica> replicas)
    {
        var optimizer = task.Settings.Optimizer;
        foreach (var replica in replicas)
        {
            var at = $"replica{replica.Number}";
            var record = replica.Record;
            record.Clear();
            record.Curve.AddRange(Doubles(Find(stored, $"{at}.curve", "F64", null)).Chunk(PointNumbers)
                .Select(p => new OutcomePoint((int)p[0], (long)p[1], p[2], p[3], p[4], p[5], Finite(p[6]))));
            if (task.Data.Validation is not null)
            {
                var kept = Doubles(Find(stored, $"{at}.validation", "F64", [record.Curve.Count, ValidationNumbers])).Chunk(ValidationNumbers).ToList();
                var curve = record.Curve.Select((p, i) => p with { ValidationLoss = kept[i][0], ValidationAccuracy = kept[i][1] }).ToList();
                record.Curve.Clear();
                record.Curve.AddRange(curve);
                record.ScoredOnValidation.AddRange(Doubles(Find(stored, $"{at}.scoredOnValidation", "F64", null)));
            }

            record.Scored.AddRange(Doubles(Find(stored, $"{at}.scored", "F64", null)));
            // Of a shorter budget's checkpoint what was measured at moments that are none of this one's is left out.
            record.Variance.AddRange(Doubles(Find(stored, $"{at}.variance", "F64", null)).Chunk(VarianceNumbers)
                .Select(v => new UpdateVariancePoint((long)v[0], (int)v[1], Finite(v[2])))
                .Where(v => task.Schedule.MeasuresVarianceAt(v.Step)));
            record.DivergedAtStep = (long)Doubles(Find(stored, $"{at}.divergedAtStep", "F64", [1]))[0];
            replica.Values?.Dispose();
            replica.Values = new(
                [.. task.Parameters.Select(p => Tensor(Find(stored, $"{at}.{p.Name}", "F32", p.Shape)))],
                [.. task.Parameters.Select(p => Enumerable.Range(0, p.IsTrained ? optimizer.StatesPerParameter : 0)
                    .Select(s => Tensor(Find(stored, $"{at}.optimizer{s}.{p.Name}", "F32", p.Shape))).ToArray())],
                Doubles(Find(stored, $"{at}.accumulators", "F64", [ReplicaValues.AccumulatorCount])));
        }
    }

    private static StoredTensor Find(IReadOnlyDictionary<string, StoredTensor> stored, string name, string type, long[]? shape)
    {
        if (!stored.TryGetValue(name, out var found))
        {
            throw new InvalidDataException($"no tensor {name}");
        }

        return found.Type == type && (shape is null || shape.SequenceEqual(found.Shape))
            ? found
            : throw new InvalidDataException($"{name} is {found.Type} [{string.Join(", ", found.Shape)}], wanted {type} [{string.Join(", ", shape ?? [])}]");
    }

    private static StoredTensor Floats(string name, ParameterSpec spec, Tensor value) =>
        new(name, "F32", spec.Shape, MemoryMarshal.AsBytes(value.cpu().contiguous().data<float>().ToArray().AsSpan()).ToArray());

    private static StoredTensor Doubles(string name, long[] shape, double[] values) =>
        new(name, "F64", shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    private static Tensor Tensor(StoredTensor stored)
    {
        using var scope = NewDisposeScope();
        return tensor(MemoryMarshal.Cast<byte, float>(stored.Bytes).ToArray()).reshape(stored.Shape).DetachFromDisposeScope();
    }

    private static double[] Doubles(StoredTensor stored) => MemoryMarshal.Cast<byte, double>(stored.Bytes).ToArray();

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
