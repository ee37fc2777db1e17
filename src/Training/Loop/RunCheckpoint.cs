using System.Runtime.InteropServices;
using SmallBatch.Specs.Outcomes;
using SmallBatch.Training.Checkpoints;
using static TorchSharp.torch;

namespace SmallBatch.Training.Loop;

/// <summary>A run's whole state as tensors, and back: weights and running statistics, accumulators, curves and scores of every replica.</summary>
internal static class RunCheckpoint
{
    private const int PointNumbers = 6;

    /// <summary>Everything that the rest of the run depends on.</summary>
    public static IReadOnlyList<StoredTensor> Take(IReadOnlyList<ReplicaGroup> groups, IReadOnlyList<ReplicaRecord> records)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var stored = new List<StoredTensor>();
        foreach (var group in groups)
        {
            var accumulators = group.Accumulators();
            for (var g = 0; g < group.Replicas.Count; g++)
            {
                var replica = group.Replicas[g];
                for (var index = 0; index < group.Network.Parameters.Count; index++)
                {
                    var spec = group.Network.Parameters[index];
                    var values = group.Network.Slice(index, g).cpu().contiguous().data<float>().ToArray();
                    stored.Add(new($"replica{replica}.{spec.Name}", "F32", spec.Shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray()));
                }

                stored.Add(Doubles($"replica{replica}.accumulators", [3], accumulators[g]));
            }
        }

        foreach (var record in records)
        {
            var points = record.Curve.SelectMany(p => new[] { p.Epoch, p.Step, p.TrainLoss, p.TrainAccuracy, p.TestLoss, p.TestAccuracy }).ToArray();
            stored.Add(Doubles($"replica{record.Replica}.curve", [record.Curve.Count, PointNumbers], points));
            stored.Add(Doubles($"replica{record.Replica}.scored", [record.Scored.Count], [.. record.Scored]));
            stored.Add(Doubles($"replica{record.Replica}.divergedAtStep", [1], [record.DivergedAtStep]));
        }

        return stored;
    }

    /// <summary>Puts it back. Throws <see cref="InvalidDataException"/> where a tensor is missing or has another shape; then nothing may be trained on.</summary>
    public static void Restore(IReadOnlyDictionary<string, StoredTensor> stored, IReadOnlyList<ReplicaGroup> groups, IReadOnlyList<ReplicaRecord> records)
    {
        foreach (var group in groups)
        {
            group.SetParameters((g, _, spec) =>
            {
                var replica = group.Replicas[Math.Min(g, group.Replicas.Count - 1)];
                var values = Find(stored, $"replica{replica}.{spec.Name}", "F32", spec.Shape).Bytes;
                return tensor(MemoryMarshal.Cast<byte, float>(values).ToArray()).reshape(spec.Shape);
            });
            group.SetAccumulators(replica => Doubles(Find(stored, $"replica{replica}.accumulators", "F64", [3])));
        }

        foreach (var record in records)
        {
            var points = Doubles(Find(stored, $"replica{record.Replica}.curve", "F64", null));
            record.Curve.Clear();
            record.Curve.AddRange(points.Chunk(PointNumbers).Select(p => new OutcomePoint((int)p[0], (long)p[1], p[2], p[3], p[4], p[5])));
            record.Scored.Clear();
            record.Scored.AddRange(Doubles(Find(stored, $"replica{record.Replica}.scored", "F64", null)));
            record.DivergedAtStep = (long)Doubles(Find(stored, $"replica{record.Replica}.divergedAtStep", "F64", [1]))[0];
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

    private static StoredTensor Doubles(string name, long[] shape, double[] values) =>
        new(name, "F64", shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    private static double[] Doubles(StoredTensor stored) => MemoryMarshal.Cast<byte, double>(stored.Bytes).ToArray();
}
