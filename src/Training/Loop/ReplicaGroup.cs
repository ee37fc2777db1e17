using System.Runtime.InteropServices;
using SmallBatch.Specs.Settings;
using SmallBatch.Training.Datasets;
using SmallBatch.Training.Networks;
using static TorchSharp.torch;

namespace SmallBatch.Training.Loop;

/// <summary>
/// Replicas that train fused, of one configuration or of several that share their steps. A lone replica is padded by a second
/// of itself, since only from two groups up do bits not depend on the grouping; but for tasks whose replicas all train alone.
/// </summary>
internal sealed class ReplicaGroup : IDisposable
{
    private const int EvaluationBatch = 100;
    private readonly TrainingTask task;
    private readonly BatchBuilder builder;
    private readonly FusedReplicas fused;
    private readonly float[] buffer;
    private readonly long[] labelBuffer;
    private readonly int[][] orders;
    private int orderedEpoch = -1;
    private Tensor? down;
    private double downFactor = double.NaN;

    /// <summary>Takes the replicas' values.</summary>
    /// <exception cref="ArgumentException">Several replicas of a task whose replicas train alone.</exception>
    public ReplicaGroup(TrainingTask task, IReadOnlyList<Replica> replicas)
    {
        if (task.TrainsAlone && replicas.Count > 1)
        {
            throw new ArgumentException($"{replicas.Count} replicas in a group, wanted 1: these settings train replicas alone", nameof(replicas));
        }

        (this.task, Replicas) = (task, replicas);
        builder = new(task.Data);
        fused = new(task.Parameters, task.Settings.Optimizer, task.TrainsAlone ? 1 : Math.Max(2, replicas.Count), float32, task.Device);
        orders = new int[fused.Groups][];
        var largest = Math.Max(task.Schedule.LargestBatch * fused.Groups, EvaluationBatch);
        buffer = new float[largest * task.Data.Train.ImageBytes];
        labelBuffer = new long[fused.Groups * task.Schedule.LargestBatch];
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        for (var group = 0; group < fused.Groups; group++)
        {
            Load(Seat(group).Values!, group);
        }

        foreach (var replica in replicas)
        {
            replica.Values!.Dispose();
            replica.Values = null;
        }
    }

    /// <summary>The replicas; the first is group 0.</summary>
    public IReadOnlyList<Replica> Replicas { get; }

    /// <summary>Whether every replica has diverged: their steps change nothing that is recorded.</summary>
    public bool Diverged => Replicas.All(r => r.Record.Diverged);

    /// <summary>One update of every replica: step <paramref name="step"/>, from 0, of the run.</summary>
    public void Step(long step)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var schedule = task.Schedule;
        var place = schedule.Plan.At(step);
        var part = task.Settings.MicroBatchSize ?? place.FullBatch;
        var (images, labels) = Batch(place);
        task.Program.Step(
            fused, images, labels, Down(schedule.RateFactor(step) * place.Count), part,
            schedule.NormMomentum(Math.Min(part, place.Count)), schedule.NormMomentum(place.Count % part == 0 ? part : place.Count % part), step + 1);
    }

    /// <summary>First step, from 1, whose loss was not finite, of each replica; 0 where none was.</summary>
    public long[] FirstBadSteps()
    {
        using var scope = NewDisposeScope();
        return fused.Accumulators[2].cpu().data<long>().ToArray()[..Replicas.Count];
    }

    /// <summary>An evaluation at <paramref name="step"/> was not finite; the device is told, so that the next reading does not take it back.</summary>
    public void MarkDiverged(Replica replica, long step)
    {
        using var scope = NewDisposeScope();
        fused.Accumulators[2].narrow(0, IndexOf(replica), 1).copy_(tensor(new[] { step }));
        replica.Record.DivergedAtStep = step;
    }

    /// <summary>Each replica's figures since the epoch began, over so many images and updates; begins anew.</summary>
    public EpochFigures[] TakeEpoch(int images, long updates)
    {
        var values = Accumulators();
        foreach (var accumulator in new[] { fused.Accumulators[0], fused.Accumulators[1], fused.Accumulators[3] })
        {
            accumulator.zero_();
        }

        return [.. values.Select(v => new EpochFigures(v[0] / images, v[1] / images, v[3] / updates))];
    }

    /// <summary>Evaluates every replica on all these images, with the running statistics; <paramref name="worked"/> hears of each batch.</summary>
    public Evaluation[] Evaluate(ImageSet set, Action worked)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var losses = zeros([fused.Groups], float64, task.Device);
        var hits = zeros([fused.Groups, set.Count], @bool, task.Device);
        for (var from = 0; from < set.Count; from += EvaluationBatch)
        {
            using var inner = NewDisposeScope();
            var count = Math.Min(EvaluationBatch, set.Count - from);
            var labels = new long[count];
            for (var i = 0; i < count; i++)
            {
                builder.Put(buffer, i, 0, 1, set, from + i, null);
                labels[i] = set.Labels[from + i];
            }

            task.Program.Evaluate(fused, ToTensor(count, 1), ToDevice(tensor(labels, int64)), from, losses, hits);
            worked();
        }

        var right = hits.cpu().data<bool>().ToArray();
        var sums = losses.cpu().data<double>().ToArray();
        return [.. Replicas.Select((_, g) => new Evaluation(sums[g] / set.Count, right[(g * set.Count)..((g + 1) * set.Count)]))];
    }

    /// <summary>
    /// The variance of the mean gradient over independent batches of one size, each drawn without replacement; <paramref name="worked"/> hears of
    /// each batch.
    /// </summary>
    public double[] GradientVariance(long step, int batchSize, int batches, Action worked)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var statistics = fused.Statistics.Select(s => s.clone()).ToArray();
        var sums = fused.Flat.Select(f => zeros_like(f, float64)).ToArray();
        var squares = zeros([fused.Groups], float64, task.Device);
        for (var batch = 0; batch < batches; batch++)
        {
            using var inner = NewDisposeScope();
            var pixels = new float[batchSize * fused.Groups * task.Data.Train.ImageBytes];
            var labels = new long[fused.Groups * batchSize];
            for (var group = 0; group < fused.Groups; group++)
            {
                var drawn = Seat(group).Stream.Sample(step, batch, batchSize, task.Data.Train.Count);
                for (var i = 0; i < batchSize; i++)
                {
                    builder.Put(pixels, i, group, fused.Groups, task.Data.Train, drawn[i], null);
                    labels[(group * batchSize) + i] = task.Data.Train.Labels[drawn[i]];
                }
            }

            task.Program.AddGradient(fused, statistics, ToTensor(pixels, batchSize, fused.Groups), ToDevice(tensor(labels, [fused.Groups, batchSize], int64)), sums, squares);
            worked();
        }

        var ofMean = stack(sums.Select(s => s.square().sum([1]))).sum([0]).cpu().data<double>().ToArray();
        var ofEach = squares.cpu().data<double>().ToArray();
        return [.. Replicas.Select((_, g) => (ofEach[g] - (ofMean[g] / batches)) / (batches - 1))];
    }

    /// <summary>A copy of a replica's values.</summary>
    public ReplicaValues Copy(Replica replica)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var group = IndexOf(replica);
        return new(
            [.. fused.Parameters.Select((_, p) => Detached(fused.Slice(p, group)))],
            [.. fused.Parameters.Select((_, p) => Enumerable.Range(0, fused.States(p)).Select(s => Detached(fused.StateSlice(p, s, group))).ToArray())],
            Accumulators()[group]);
    }

    /// <summary>Gives the replicas their values back and ends.</summary>
    public void Release()
    {
        foreach (var replica in Replicas)
        {
            replica.Values = Copy(replica);
        }

        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        fused.Dispose();
        down?.Dispose();
    }

    private static Tensor Detached(Tensor view) => view.clone().contiguous().DetachFromDisposeScope();

    private Replica Seat(int group) => Replicas[Math.Min(group, Replicas.Count - 1)];

    private int IndexOf(Replica replica) => Replicas.Index().First(r => ReferenceEquals(r.Item, replica)).Index;

    private void Load(ReplicaValues values, int group)
    {
        for (var p = 0; p < fused.Parameters.Count; p++)
        {
            fused.Slice(p, group).copy_(values.Parameters[p]);
            for (var s = 0; s < fused.States(p); s++)
            {
                fused.StateSlice(p, s, group).copy_(values.States[p][s]);
            }
        }

        for (var a = 0; a < ReplicaValues.AccumulatorCount; a++)
        {
            fused.Accumulators[a].narrow(0, group, 1).copy_(tensor(new[] { values.Accumulators[a] }));
        }
    }

    private double[][] Accumulators()
    {
        using var scope = NewDisposeScope();
        var values = fused.Accumulators.Select(a => a.to(float64).cpu().data<double>().ToArray()).ToArray();
        return [.. Replicas.Select((_, g) => values.Select(v => v[g]).ToArray())];
    }

    /// <summary>−η of each replica, [K, 1]: the same until the schedule moves.</summary>
    private Tensor Down(double factor)
    {
        if (factor != downFactor || down is null)
        {
            down?.Dispose();
            downFactor = factor;
            down = ToDevice(tensor(Enumerable.Range(0, fused.Groups).Select(g => (float)(-Seat(g).BaseLearningRate * factor)).ToArray(), [fused.Groups, 1], float32)).DetachFromDisposeScope();
        }

        return down;
    }

    private (Tensor Images, Tensor Labels) Batch(BatchPlace place)
    {
        var train = task.Data.Train;
        if (orderedEpoch != place.Epoch)
        {
            for (var group = 0; group < fused.Groups; group++)
            {
                orders[group] = Seat(group).Stream.Permutation(place.Epoch, train.Count);
            }

            orderedEpoch = place.Epoch;
        }

        for (var group = 0; group < fused.Groups; group++)
        {
            var stream = Seat(group).Stream;
            for (var i = 0; i < place.Count; i++)
            {
                var index = orders[group][place.First + i];
                ImageCrop? crop = task.Settings.Augment ? ImageCrop.Random(stream, place.Epoch, index, train) : null;
                builder.Put(buffer, i, group, fused.Groups, train, index, crop);
                labelBuffer[(group * place.Count) + i] = train.Labels[index];
            }
        }

        var labels = tensor(labelBuffer.AsSpan(0, fused.Groups * place.Count).ToArray(), [fused.Groups, place.Count], int64);
        return (ToTensor(place.Count, fused.Groups), ToDevice(labels));
    }

    private Tensor ToTensor(int count, int groups) => ToTensor(buffer, count, groups);

    private Tensor ToTensor(float[] values, int count, int groups)
    {
        var train = task.Data.Train;
        var images = empty([count, train.Height, train.Width, groups * train.Channels], float32);
        values.AsSpan(0, (int)images.numel()).CopyTo(MemoryMarshal.Cast<byte, float>(images.bytes));
        return ToDevice(images);
    }

    /// <summary>Onto the device. A GPU fetches it from pinned memory when it comes to it: waiting would be a synchronisation each step.</summary>
    private Tensor ToDevice(Tensor values) =>
        task.Device.type == TorchSharp.DeviceType.CPU ? values : values.pin_memory().to(task.Device, non_blocking: true);
}
