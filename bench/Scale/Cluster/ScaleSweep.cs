using System.Globalization;

namespace SmallBatch.Bench.Scale.Cluster;

/// <summary>A sweep of so many configurations.</summary>
internal static class ScaleSweep
{
    /// <summary>The network, which nobody trains.</summary>
    public const string Network = "layers:\n  - averagePool: global\n  - linear: { outputs: classes }\n";

    /// <summary>The specification: a grid as square as can be, of one replica and one epoch unless more are wanted.</summary>
    public static string Spec(string name, int configurations, int replicas = 1, int epochs = 1)
    {
        var rates = (int)Math.Sqrt(configurations);
        while (configurations % rates != 0)
        {
            rates--;
        }

        return Spec(name, Enumerable.Range(1, configurations / rates), rates, epochs, seed: 1, replicas);
    }

    /// <summary>The specification of so many base learning rates at each batch size; simulated durations and scores are of the seed.</summary>
    public static string Spec(string name, IEnumerable<int> batchSizes, int rates, int epochs, int seed, int replicas = 1) => string.Create(CultureInfo.InvariantCulture, $$"""
        name: {{name}}
        dataset: { kind: synthetic, trainImages: 480, testImages: 60 }
        network: none.yaml
        batchSizes: [{{string.Join(", ", batchSizes)}}]
        baseLearningRates: [{{string.Join(", ", Enumerable.Range(1, rates).Select(r => $"{r}/65536"))}}]
        replicas: {{replicas}}
        confirm: 0
        epochs: {{epochs}}
        schedule: { dropAt: [] }
        seed: {{seed}}
        """);
}
