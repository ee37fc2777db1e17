using System.Globalization;

namespace SmallBatch.Bench.Chaos;

/// <summary>The sweep that is struck: real training on synthetic images, checkpoints every second.</summary>
internal static class ChaosSweep
{
    /// <summary>Its name.</summary>
    public const string Name = "chaos";

    /// <summary>The network.</summary>
    public const string Network = """
        layers:
          - conv: { filters: 6, kernel: 3, stride: 2 }
          - relu
          - residual: { layers: [ { conv: { filters: 12, kernel: 3, stride: 2 } }, relu, { conv: { filters: 12, kernel: 3 } } ] }
          - relu
          - averagePool: global
          - linear: { outputs: classes }
        """;

    /// <summary>Batch sizes that it begins with.</summary>
    public const int FirstSizes = 2;

    /// <summary>Batch sizes in the order in which it is widened by them, so that there is something to strike for as long as it is struck.</summary>
    private static readonly int[] Sizes = [4, 12, 6, 16, 8, 10, 5, 14, 7, 20, 9, 24, 11, 13, 15, 17, 18, 19, 21, 22, 23, 25, 26, 27, 28, 30, 32, 36, 40, 48];

    /// <summary>Most batch sizes that it can have.</summary>
    public static int MostSizes => Sizes.Length;

    /// <summary>The specification with the first so many batch sizes, four jobs each, that train that many epochs.</summary>
    public static string Spec(int epochs, int sizes) => string.Create(CultureInfo.InvariantCulture, $$"""
        name: {{Name}}
        dataset: { kind: synthetic, trainImages: 480, testImages: 60 }
        network: tiny.yaml
        batchSizes: [{{string.Join(", ", Sizes.Take(sizes).Order())}}]
        baseLearningRates: [2^-7, 2^-6, 2^-5]
        replicas: 2
        confirm: 2
        epochs: {{epochs}}
        augment: true
        checkpoint: { every: 1s }
        """);

    /// <summary>Of a results.csv, the rows of the first so many batch sizes: what a sweep of these alone gives, since a cell depends on no other batch size's.</summary>
    public static string Rows(string csv, int sizes)
    {
        var lines = csv.Split('\n');
        var column = Array.IndexOf(lines[0].Split(','), "batch_size");
        var wanted = Sizes.Take(sizes).Select(m => m.ToString(CultureInfo.InvariantCulture)).ToHashSet();
        return string.Join('\n', lines.Where((l, i) => i == 0 || l.Length == 0 || wanted.Contains(l.Split(',')[column])));
    }
}
