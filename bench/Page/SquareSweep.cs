using System.Globalization;

namespace SmallBatch.Bench.Page;

/// <summary>A sweep whose grid is a square of configurations of one replica and one epoch.</summary>
internal static class SquareSweep
{
    /// <summary>The network, which nobody trains.</summary>
    public const string Network = "layers:\n  - averagePool: global\n  - linear: { outputs: classes }\n";

    /// <summary>The specification with <paramref name="side"/> batch sizes and as many base learning rates.</summary>
    public static string Spec(string name, int side) => string.Create(CultureInfo.InvariantCulture, $$"""
        name: {{name}}
        dataset: { kind: synthetic, trainImages: 480, testImages: 60 }
        network: none.yaml
        batchSizes: [{{string.Join(", ", Enumerable.Range(1, side))}}]
        baseLearningRates: [{{string.Join(", ", Enumerable.Range(1, side).Select(r => $"{r}/65536"))}}]
        replicas: 1
        confirm: 0
        epochs: 1
        schedule: { dropAt: [] }
        """);
}
