using System.Globalization;

namespace SmallBatch.Bench.Scale.Cluster;

/// <summary>A sweep of so many configurations of one replica.</summary>
internal static class ScaleSweep
{
    /// <summary>The network, which nobody trains.</summary>
    public const string Network = "layers:\n  - averagePool: global\n  - linear: { outputs: classes }\n";

    /// <summary>The specification: a grid as square as can be, one epoch each.</summary>
    public static string Spec(string name, int configurations)
    {
        var rates = (int)Math.Sqrt(configurations);
        while (configurations % rates != 0)
        {
            rates--;
        }

        return Spec(name, Enumerable.Range(1, configurations / rates), rates, epochs: 1, seed: 1);
    }

    /// <summary>The specification of so many base learning rates at each batch size; simulated durations and scores are of the seed.</summary>
    public static string Spec(string name, IEnumerable<int> batchSizes, int rates, int epochs, int seed) => string.Create(CultureInfo.InvariantCulture, $$"""
        name: {{name}}
        dataset: { kind: synthetic, trainImages: 480, testImages: 60 }
        network: none.yaml
        batchSizes: [{{string.Join(", ", batchSizes)}}]
        baseLearningRates: [{{string.Join(", ", Enumerable.Range(1, rates).Select(r => $"{r}/65536"))}}]
        replicas: 1
        confirm: 0
        epochs: {{epochs}}
        schedule: { dropAt: [] }
        seed: {{seed}}
        """);
}
