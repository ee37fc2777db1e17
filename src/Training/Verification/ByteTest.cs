using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Outcomes;
using SmallBatch.Specs.Settings;
using SmallBatch.Specs.Sweeps;
using SmallBatch.Training.Datasets;
using SmallBatch.Training.Loop;
using static TorchSharp.torch;

namespace SmallBatch.Training.Verification;

/// <summary>
/// Whether a device keeps what every sweep relies on: a small network with every kind of layer ends with the same bytes however
/// its replicas are grouped, and when it is stopped in its midst and resumed. On a GPU that is nowhere promised, so it is tried.
/// </summary>
/// <param name="device">On which device.</param>
/// <param name="train">Trains one trial and answers each replica's outcome; <see cref="Trainings.Run"/> but in tests.</param>
internal sealed class ByteTest(Device device, Func<ByteTrial, IReadOnlyList<string>> train)
{
    /// <summary>The network: every kind of layer, once.</summary>
    public const string Network = """
        layers:
          - conv: { filters: 4, kernel: 3, stride: 2 }
          - relu
          - residual: { layers: [ { conv: { filters: 8, kernel: 3, stride: 2 } }, relu, { conv: { filters: 8, kernel: 3 } } ] }
          - relu
          - maxPool: { kernel: 2, stride: 2, padding: 0 }
          - linear: { outputs: 12 }
          - relu
          - linear: { outputs: classes }
        """;

    private const int Replicas = 5;
    private const int TrainImages = 64;
    private const int TestImages = 20;
    private static readonly int[] BatchSizes = [4, 16];

    /// <summary>Every pair of trainings that ended with different bytes, in words; none where the device passes.</summary>
    public IReadOnlyList<string> Differences()
    {
        var images = SyntheticImages.Make(SyntheticDataset.Identity(TrainImages, TestImages));
        return [.. Precisions().SelectMany(p => BatchSizes.SelectMany(m => Differences(Settings(p, m), images)))];
    }

    /// <summary>Those that make a difference on this device: a CPU multiplies 32-bit floats for tf32 too.</summary>
    private Precision[] Precisions() => device.type == TorchSharp.DeviceType.CPU ? [Precision.Full] : Enum.GetValues<Precision>();

    private IEnumerable<string> Differences(TrainingSettings settings, DatasetImages images)
    {
        var network = NetworkSpec.Parse(settings.NetworkText, "network").Value!;
        var request = new TrainingRequest(settings, network, images, "grid", Replicas, device, Path.GetTempPath(), TimeSpan.FromDays(1));
        var whole = train(new(request, [5], [5], null));
        var what = $"m = {settings.BatchSize}, {settings.Precision}";
        if (whole.Select(OutcomeDocument.Read).Any(o => o.Outcome == "diverged"))
        {
            yield return $"{what}: a replica diverged where none should";
        }

        foreach (var trial in new ByteTrial[] { new(request, [2, 3], [2, 3], null), new(request, [3, 2], [3, 2], null), new(request, [5], [3, 2], settings.Updates / 2) })
        {
            var differing = whole.Zip(train(trial)).Index().Where(r => r.Item.First != r.Item.Second).Select(r => r.Index).ToList();
            if (differing.Count > 0)
            {
                yield return $"{what}: {trial.InWords} gave other bytes than undisturbed in one group of 5, in replicas {string.Join(", ", differing)}";
            }
        }
    }

    private static TrainingSettings Settings(Precision precision, int batchSize)
    {
        var spec = $$"""
            name: byte-test
            dataset: { kind: synthetic, trainImages: {{TrainImages}}, testImages: {{TestImages}} }
            network: network.yaml
            batchSizes: [{{batchSize}}]
            baseLearningRates: [2^-7]
            epochs: 2
            augment: true
            weightDecay: 1e-3
            """;
        var plan = SweepPlan.Of(SweepDraft.Parse(spec, Network), SyntheticDataset.Identity(TrainImages, TestImages)).Value!;
        return plan.Cells[0].Settings with { Precision = precision };
    }
}
