using CsCheck;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Training.Tests;

/// <summary>Whatever the network and the settings, a run that is stopped twice anywhere ends with the bytes of one that is not.</summary>
public sealed class ResumeProperties : IDisposable
{
    private static readonly Gen<string> Conv = Gen.Select(Gen.Int[1, 3], Of(1, 3, 5), Of(1, 1, 2), (filters, kernel, stride) => $"{{conv: {{filters: {2 * filters}, kernel: {kernel}, stride: {stride}}}}}");

    private static readonly Gen<string> Branch = Gen.Select(Conv, Gen.Bool, Conv, (first, relu, second) => $"{first}, {(relu ? "relu, " : "")}{second}");

    private static readonly Gen<string> Layer = Gen.OneOf(
        Conv,
        Of("relu"),
        Of("{maxPool: {kernel: 3, stride: 2}}"),
        Branch.Select(b => $"{{residual: {{layers: [{b}], shortcut: projection}}}}"),
        Gen.Int[1, 2].Select(s => $"{{residual: {{layers: [{{conv: {{filters: 8, kernel: 3, stride: {s}}}}}, relu]}}}}"));

    private static readonly Gen<string> Network = Gen.Select(Layer.List[1, 4], Gen.Bool, (layers, hidden) =>
        $"layers: [{string.Join(", ", layers)}, {(hidden ? "{linear: {outputs: 6}}, relu, " : "{averagePool: global}, ")}{{linear: {{outputs: classes}}}}]");

    private static readonly Gen<string> Settings = Gen.Select(
        Of("batchNorm: all", "batchNorm: conv", "batchNorm: none", "groupNorm: 2", "batchNormBatchSize: 2", "accumulate: 2\nbnMomentum: 0.2"),
        Of("optimizer: sgd", "optimizer: { kind: sgd, momentum: 0.9 }", "optimizer: { kind: sgd, momentum: 0.5, nesterov: true }", "optimizer: adamw"),
        Of("", "warmup: { fraction: 0.3, from: 1/32 }"),
        Of("schedule: { dropAt: [] }", "schedule: { dropAt: [0.3, 0.6], factor: 0.5 }", "batchGrowth: [{ at: 0.5, factor: 2 }]"),
        Of("augment: true\nweightDecay: 1e-3", "updateVariance: { at: [0, 0.4], batches: 2, batchSizes: [3] }", "selectOn: { validation: 0.5 }"),
        (a, b, c, d, e) => string.Join('\n', a, b, c, d, e));

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Stopped_anywhere_it_ends_with_the_same_bytes() =>
        Gen.Select(Network, Settings, Gen.Int[1, 3], Gen.Int[1, 1000], Gen.Int[1, 1000]).Where(g => Plan(g.Item1, g.Item2) is not null).Sample(
            (network, settings, replicas, first, second) =>
            {
                var request = Torch.Request(Plan(network, settings)!, 4, "2^-7", replicas, folder.Path);
                var undisturbed = Torch.Train(request);
                string[] checkpoints = [];
                foreach (var stop in new[] { first, second }.Select(s => 1 + (s * (request.Settings.Updates - 2) / 1000)).Order())
                {
                    var observer = new Torch.Observer(stop);
                    checkpoints = Torch.Run(request, observer, checkpoints).Outcomes is null && observer.Checkpoint is { } written ? [written] : checkpoints;
                }

                Assert.Equal(undisturbed, Torch.Run(request, new(), checkpoints).Outcomes);
            },
            iter: 40,
            threads: 1);

    private static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>The plan, or null where the layers do not fit: a map used up, or channels that a residual would lose.</summary>
    private static SweepPlan? Plan(string network, string settings) => Torch.TryPlan(settings, network, 24, 12, 2).Value;
}
