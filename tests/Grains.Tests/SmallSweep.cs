using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Tests;

/// <summary>One batch size, two base learning rates, two replicas, one fresh seed.</summary>
internal static class SmallSweep
{
    public const string Text = """
        name: s
        dataset: { kind: synthetic, trainImages: 64, testImages: 16 }
        network: resnet8
        batchSizes: [8]
        baseLearningRates: [2^-7, 2^-5]
        replicas: 2
        confirm: 1
        epochs: 2
        """;

    /// <summary>The plan of a specification on 64 synthetic training images.</summary>
    public static SweepPlan Plan(string text = Text, int testImages = 16) =>
        SweepPlan.Of(SweepDraft.Parse(text, null), SyntheticDataset.Identity(64, testImages)).Value!;
}
