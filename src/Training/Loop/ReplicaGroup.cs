using System.Runtime.InteropServices;
using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Settings;
using SmallBatch.Training.Datasets;
using SmallBatch.Training.Networks;
using SmallBatch.Training.Randomness;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace SmallBatch.Training.Loop;

/// <summary>What one replica's evaluation says.</summary>
/// <param name="Loss">Mean test loss.</param>
/// <param name="Correct">Which test images were right.</param>
internal sealed record Evaluation(double Loss, bool[] Correct)
{
    /// <summary>Share of right ones.</summary>
    public double Accuracy => Correct.Count(c => c) / (double)Correct.Length;
}

/// <summary>
/// Replicas that train fused: their network, their orders, and what has accumulated on the device since the epoch began. A
/// lone replica is padded by a second of itself, since only from two groups up do bits not depend on the grouping.
/// </summary>
internal sealed class ReplicaGroup : IDisposable
{
    private const int EvaluationBatch = 100;
    private readonly TrainingSettings settings;
    private readonly DatasetImages data;
    private readonly BatchBuilder builder;
    private readonly Schedule schedule;
    private readonly ReplicaStream[] streams;
    private readonly Device device;
    private readonly float[] buffer;
    private readonly long[] labelBuffer;
    private readonly Tensor lossSum;
    private readonly Tensor correct;
    private readonly Tensor firstBad;
    private int[][] orders = [];
    private int orderedEpoch = -1;

    public ReplicaGroup(TrainingSettings settings, NetworkSpec network, DatasetImages data, Schedule schedule, string stage, IReadOnlyList<int> replicas, Device device)
    {
        (this.settings, this.data, this.schedule, this.device, Replicas) = (settings, data, schedule, device, replicas);
        builder = new(data);
        var groups = Math.Max(2, replicas.Count);
        streams = [.. Enumerable.Range(0, groups).Select(g => new ReplicaStream(settings.Seed, stage, replicas[Math.Min(g, replicas.Count - 1)]))];
        var image = new MapShape(data.Train.Channels, data.Train.Height, data.Train.Width);
        Network = new(network, image, data.Classes, settings.BatchNorm, groups, float32, device);
        buffer = new float[Math.Max(settings.BatchSize, EvaluationBatch) * groups * data.Train.ImageBytes];
        labelBuffer = new long[groups * settings.BatchSize];
        lossSum = zeros([groups], float64, device).DetachFromDisposeScope();
        correct = zeros([groups], int64, device).DetachFromDisposeScope();
        firstBad = zeros([groups], int64, device).DetachFromDisposeScope();
    }

    /// <summary>The replicas, by number; the first is group 0.</summary>
    public IReadOnlyList<int> Replicas { get; }

    /// <summary>Their network.</summary>
    public FusedNetwork Network { get; }

    /// <summary>Gives every replica its initial values.</summary>
    public void Initialise() => SetParameters((group, index, spec) => Initialisation.Value(spec, index, streams[group]));

    /// <summary>Writes every parameter of every group, the padding included; values are 32-bit floats in the parameter's shape.</summary>
    public void SetParameters(Func<int, int, ParameterSpec, Tensor> value)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        for (var group = 0; group < Network.Groups; group++)
        {
            for (var index = 0; index < Network.Parameters.Count; index++)
            {
                Network.Slice(index, group).copy_(value(group, index, Network.Parameters[index]));
            }
        }
    }

    /// <summary>One update of every replica: step <paramref name="step"/>, from 0, of the run.</summary>
    public void Step(long step)
    {
        using var scope = NewDisposeScope();
        var (epoch, batch) = ((int)(step / settings.UpdatesPerEpoch), (int)(step % settings.UpdatesPerEpoch));
        var count = Math.Min(settings.BatchSize, data.Train.Count - (batch * settings.BatchSize));
        var (images, labels) = Batch(epoch, batch, count);
        var logits = Network.Forward(images, training: true, schedule.NormMomentum(count));
        var perImage = F.cross_entropy(logits.reshape(Network.Groups * count, data.Classes), labels.reshape(-1), reduction: nn.Reduction.None);
        var gradients = autograd.grad([perImage.sum() / count], [.. Network.Trained]);
        using var quiet = no_grad();
        var rate = schedule.LearningRate(step, count);
        for (var i = 0; i < gradients.Count; i++)
        {
            if (settings.WeightDecay != 0)
            {
                gradients[i].add_(Network.Trained[i], alpha: settings.WeightDecay);
            }

            Network.Trained[i].add_(gradients[i], alpha: -rate);
        }

        Accumulate(step, logits, perImage.reshape(Network.Groups, count), labels);
    }

    /// <summary>First step, from 1, whose loss was not finite, of each replica; 0 where none was.</summary>
    public long[] FirstBadSteps() => firstBad.cpu().data<long>().ToArray()[..Replicas.Count];

    /// <summary>Mean training loss and accuracy of each replica since the epoch began, over <paramref name="images"/> images; begins anew.</summary>
    public (double Loss, double Accuracy)[] TakeEpoch(int images)
    {
        using var scope = NewDisposeScope();
        var losses = lossSum.cpu().data<double>().ToArray();
        var right = correct.cpu().data<long>().ToArray();
        lossSum.zero_();
        correct.zero_();
        return [.. Replicas.Select((_, g) => (losses[g] / images, right[g] / (double)images))];
    }

    /// <summary>What has accumulated, per replica: loss sum, correct, first bad step.</summary>
    public double[][] Accumulators()
    {
        using var scope = NewDisposeScope();
        var (losses, right, bad) = (lossSum.cpu().data<double>().ToArray(), correct.cpu().data<long>().ToArray(), firstBad.cpu().data<long>().ToArray());
        return [.. Replicas.Select((_, g) => new double[] { losses[g], right[g], bad[g] })];
    }

    /// <summary>Puts back what <see cref="Accumulators"/> answered.</summary>
    public void SetAccumulators(Func<int, double[]> ofReplica)
    {
        using var scope = NewDisposeScope();
        var values = Enumerable.Range(0, Network.Groups).Select(g => ofReplica(Replicas[Math.Min(g, Replicas.Count - 1)])).ToArray();
        lossSum.copy_(tensor(values.Select(v => v[0]).ToArray(), float64));
        correct.copy_(tensor(values.Select(v => (long)v[1]).ToArray(), int64));
        firstBad.copy_(tensor(values.Select(v => (long)v[2]).ToArray(), int64));
    }

    /// <summary>Evaluates every replica on all test images, with the running statistics.</summary>
    public Evaluation[] Evaluate()
    {
        using var quiet = no_grad();
        var test = data.Test;
        var right = Replicas.Select(_ => new bool[test.Count]).ToArray();
        var losses = new double[Replicas.Count];
        for (var from = 0; from < test.Count; from += EvaluationBatch)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(EvaluationBatch, test.Count - from);
            var span = buffer.AsSpan(0, count * Network.Groups * test.ImageBytes);
            var labelValues = new long[Network.Groups * count];
            for (var i = 0; i < count; i++)
            {
                for (var group = 0; group < Network.Groups; group++)
                {
                    builder.Put(span, i, group, Network.Groups, test, from + i, null);
                    labelValues[(group * count) + i] = test.Labels[from + i];
                }
            }

            var labels = tensor(labelValues, int64, device);
            var logits = Network.Forward(ToTensor(span, count), training: false, 0).reshape(Network.Groups * count, data.Classes);
            var batchLosses = F.cross_entropy(logits, labels, reduction: nn.Reduction.None).to(float64).reshape(Network.Groups, count).sum(1).cpu().data<double>().ToArray();
            var hits = logits.argmax(1).eq(labels).cpu().data<bool>().ToArray();
            for (var group = 0; group < Replicas.Count; group++)
            {
                losses[group] += batchLosses[group];
                hits.AsSpan(group * count, count).CopyTo(right[group].AsSpan(from));
            }
        }

        return [.. Replicas.Select((_, g) => new Evaluation(losses[g] / test.Count, right[g]))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Network.Dispose();
        lossSum.Dispose();
        correct.Dispose();
        firstBad.Dispose();
    }

    private void Accumulate(long step, Tensor logits, Tensor losses, Tensor labels)
    {
        var batchLoss = losses.to(float64).sum(1);
        lossSum.add_(batchLoss);
        correct.add_(logits.argmax(2).eq(labels).sum(1));
        var isBad = batchLoss.isfinite().logical_not().logical_and(firstBad.eq(0));
        firstBad.add_(isBad.to(int64) * (step + 1));
    }

    private (Tensor Images, Tensor Labels) Batch(int epoch, int batch, int count)
    {
        if (orderedEpoch != epoch)
        {
            orders = [.. streams.Select(s => s.Permutation(epoch, data.Train.Count))];
            orderedEpoch = epoch;
        }

        var span = buffer.AsSpan(0, count * Network.Groups * data.Train.ImageBytes);
        for (var group = 0; group < Network.Groups; group++)
        {
            for (var i = 0; i < count; i++)
            {
                var index = orders[group][(batch * settings.BatchSize) + i];
                (int, int, bool)? crop = settings.Augment ? streams[group].Crop(epoch, index, BatchBuilder.Padding) : null;
                builder.Put(span, i, group, Network.Groups, data.Train, index, crop);
                labelBuffer[(group * count) + i] = data.Train.Labels[index];
            }
        }

        return (ToTensor(span, count), tensor(labelBuffer.AsSpan(0, Network.Groups * count).ToArray(), [Network.Groups, count], int64, device));
    }

    private Tensor ToTensor(Span<float> values, int count)
    {
        var images = empty([count, data.Train.Height, data.Train.Width, Network.Groups * data.Train.Channels], float32);
        values.CopyTo(MemoryMarshal.Cast<byte, float>(images.bytes));
        return device.type == TorchSharp.DeviceType.CPU ? images : images.to(device);
    }
}
