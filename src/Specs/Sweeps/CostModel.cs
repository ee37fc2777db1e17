using System.Runtime.Intrinsics.X86;
using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Specs.Sweeps;

/// <summary>
/// Predicts time on one CPU slot from the network's arithmetic: a step costs a fixed time per layer and its arithmetic at
/// a rate that larger batches reach better. The constants are measured with ResNet-8 (docs/benchmarks.md); a GPU is faster.
/// </summary>
public static class CostModel
{
    /// <summary>Fixed cost of one layer in one step, forward, backward and update, seconds.</summary>
    private const double SecondsPerLayerStep = 70e-6;

    /// <summary>Rate of one core's arithmetic, floating-point operations a second, by the instruction set of the machine that asks.</summary>
    private static readonly double FlopsPerSecond = Avx512F.IsSupported ? 120e9 : 75e9;

    /// <summary>Backward costs twice the forward pass.</summary>
    private const double TrainingPasses = 3;

    /// <summary>Seconds of one configuration with <paramref name="replicas"/> replicas on one slot.</summary>
    public static double Seconds(TrainingSettings settings, NetworkShapes shapes, int replicas)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(shapes);
        var plan = settings.Plan;
        var images = (double)plan.Images * replicas;
        var perPass = settings.MicroBatchSize ?? settings.BatchSize;
        var groups = Math.Ceiling(replicas / Math.Max(2, Math.Floor(40.0 / perPass)));
        var passes = Math.Max(plan.Updates, (double)plan.Images / perPass);
        var fixedCost = passes * groups * shapes.Layers * SecondsPerLayerStep;
        var arithmetic = images * TrainingPasses * shapes.Flops / FlopsPerSecond;
        var evaluation = (double)plan.Epochs * (settings.Dataset.TestImages + (settings.ValidationImages ?? 0)) * replicas * shapes.Flops / FlopsPerSecond;
        return fixedCost + arithmetic + evaluation;
    }
}
