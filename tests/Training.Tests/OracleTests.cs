using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Settings;
using SmallBatch.Training.Networks;
using SmallBatch.Training.Randomness;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace SmallBatch.Training.Tests;

/// <summary>
/// In 64-bit numbers the step program does what the framework's plain operations do with each replica alone. Those take
/// numbers, which TorchSharp hands over unguarded against a garbage collection (decision 0002): no other test runs meanwhile.
/// </summary>
[Collection(nameof(Alone))]
public sealed class OracleTests
{
    private const int Images = 8;
    private const int Classes = 5;
    private const int Steps = 4;

    private const string Own = """
        layers:
          - conv: { filters: 4, kernel: 5, stride: 2 }
          - relu
          - maxPool: { kernel: 3, stride: 1, padding: 1 }
          - residual: { layers: [ relu, { conv: { filters: 8, kernel: 3, stride: 2 } }, relu, { conv: { filters: 8, kernel: 3 } } ] }
          - residual: { layers: [ { conv: { filters: 12, kernel: 1, stride: 2 } }, relu, { conv: { filters: 6, kernel: 3 } } ], shortcut: projection }
          - residual: { layers: [ { conv: { filters: 6, kernel: 3 } }, relu ] }
          - relu
          - linear: { outputs: 6 }
          - relu
          - linear: { outputs: classes }
        """;

    public static TheoryData<string, BatchNormalisation, int?, int> Networks()
    {
        var data = new TheoryData<string, BatchNormalisation, int?, int>();
        foreach (var replicas in new[] { 1, 2, 5 })
        {
            data.Add("own", BatchNormalisation.All, null, replicas);
            data.Add("own", BatchNormalisation.Conv, null, replicas);
            data.Add("own", BatchNormalisation.None, null, replicas);
            data.Add("own", BatchNormalisation.All, 2, replicas);
        }

        data.Add("resnet8", BatchNormalisation.All, null, 1);
        data.Add("resnet8", BatchNormalisation.All, null, 2);
        data.Add("resnet20", BatchNormalisation.None, null, 2);
        data.Add("alexnet", BatchNormalisation.All, null, 2);
        data.Add("alexnet", BatchNormalisation.Conv, null, 2);
        data.Add("alexnet", BatchNormalisation.None, null, 2);
        return data;
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Fused_replicas_train_as_plain_operations_do_one_at_a_time(string name, BatchNormalisation norm, int? groups, int replicas) =>
        Compare(name, new(norm, groups), OptimizerSettings.Plain, weightDecay: 0, replicas, part: Images);

    [Theory]
    [InlineData(0.9, false)]
    [InlineData(0.9, true)]
    public void Momentum_and_weight_decay_are_the_framework_s(double momentum, bool nesterov) =>
        Compare("own", new(BatchNormalisation.All), new(OptimizerKind.Sgd, momentum, nesterov), weightDecay: 0.01, replicas: 2, part: Images);

    [Fact]
    public void AdamW_is_the_framework_s() =>
        Compare("own", new(BatchNormalisation.All), new(OptimizerKind.AdamW, Beta1: 0.8, Beta2: 0.95, Epsilon: 1e-6), weightDecay: 0.01, replicas: 2, part: Images);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Parts_of_a_batch_are_normalised_alone_and_make_one_update(int part) =>
        Compare("own", new(BatchNormalisation.All), OptimizerSettings.Plain, weightDecay: 0, replicas: 2, part);

    private static void Compare(string name, Normalisation normalisation, OptimizerSettings optimizer, double weightDecay, int replicas, int part)
    {
        var image = name == "own" ? new MapShape(3, 16, 16) : new MapShape(3, 32, 32);
        var network = NetworkSpec.Parse(name == "own" ? Own : BuiltInNetworks.Find(name)!, name).Value!;
        var parameters = NetworkParameters.Of(network, image, Classes, normalisation);
        using var scope = NewDisposeScope();
        using var fused = new FusedReplicas(parameters, optimizer, replicas, float64, CPU);
        var program = StepProgram.Of(new(network, image, Classes, normalisation, optimizer, weightDecay, Precision.Full));
        var plain = Enumerable.Range(0, fused.Groups).Select(r => Plain(network, normalisation, parameters, r)).ToArray();
        var optimizers = plain.Select((p, r) => Optimizer(p, optimizer, weightDecay, Rate(r))).ToArray();
        using (no_grad())
        {
            for (var r = 0; r < fused.Groups; r++)
            {
                for (var i = 0; i < parameters.Count; i++)
                {
                    fused.Slice(i, r).copy_(plain[r].Values[i]);
                }
            }
        }

        var generator = new Generator(7);
        var down = tensor(Enumerable.Range(0, fused.Groups).Select(r => -Rate(r)).ToArray(), [fused.Groups, 1], float64);
        var expectedLosses = new double[fused.Groups];
        for (var step = 0; step < Steps; step++)
        {
            var images = Enumerable.Range(0, fused.Groups).Select(_ => randn([Images, image.Height, image.Width, 3], float64, generator: generator)).ToArray();
            var labels = Enumerable.Range(0, fused.Groups).Select(_ => randint(0, Classes, [Images], int64, generator: generator)).ToArray();
            for (var r = 0; r < fused.Groups; r++)
            {
                expectedLosses[r] += Step(plain[r], optimizers[r], images[r].permute(0, 3, 1, 2), labels[r], part);
            }

            using var quiet = no_grad();
            program.Step(fused, stack(images, 3).reshape(Images, image.Height, image.Width, fused.Groups * 3), stack(labels), down, part, 0.1, 0.2, step + 1);
        }

        using var still = no_grad();
        Close(expectedLosses, fused.Accumulators[0].data<double>().ToArray(), "losses");
        for (var r = 0; r < fused.Groups; r++)
        {
            for (var i = 0; i < parameters.Count; i++)
            {
                Close(plain[r].Values[i].flatten().data<double>().ToArray(), fused.Slice(i, r).contiguous().flatten().data<double>().ToArray(), $"replica {r}, {parameters[i].Name}");
            }
        }

        var test = randn([Images, image.Height, image.Width, 3], float64, generator: generator);
        var wanted = zeros([Images], int64);
        var (losses, hits) = (zeros([fused.Groups], float64), zeros([fused.Groups, Images], @bool));
        program.Evaluate(fused, test, wanted, 0, losses, hits);
        var evaluated = plain.Select(p => F.cross_entropy(p.Forward(test.permute(0, 3, 1, 2), false, 0), wanted, reduction: nn.Reduction.Sum).item<double>()).ToArray();
        Close(evaluated, losses.data<double>().ToArray(), "evaluation");
    }

    private static double Rate(int replica) => 0.002 * (replica + 1);

    private static PlainNetwork Plain(NetworkSpec network, Normalisation normalisation, IReadOnlyList<ParameterSpec> parameters, int replica)
    {
        var stream = new ReplicaStream(1, "grid", replica);
        return new(network, normalisation, parameters, [.. parameters.Select((p, i) => p.IsTrained
            ? new TorchSharp.Modules.Parameter(Initialisation.Value(p, i, stream).to(float64))
            : Initialisation.Value(p, i, stream).to(float64))]);
    }

    private static optim.Optimizer Optimizer(PlainNetwork plain, OptimizerSettings optimizer, double weightDecay, double rate)
    {
        var parameters = plain.Trained.Cast<TorchSharp.Modules.Parameter>().ToArray();
        return optimizer.Kind == OptimizerKind.AdamW
            ? optim.AdamW(parameters, rate, optimizer.Beta1, optimizer.Beta2, optimizer.Epsilon, weightDecay)
            : optim.SGD(parameters, rate, optimizer.Momentum, 0, weightDecay, optimizer.Nesterov);
    }

    private static double Step(PlainNetwork plain, optim.Optimizer optimizer, Tensor images, Tensor labels, int part)
    {
        optimizer.zero_grad();
        var loss = 0.0;
        for (var at = 0; at < Images; at += part)
        {
            var count = Math.Min(part, Images - at);
            var logits = plain.Forward(images.narrow(0, at, count), true, count == part ? 0.1 : 0.2);
            var sum = F.cross_entropy(logits, labels.narrow(0, at, count), reduction: nn.Reduction.Sum);
            (sum / Images).backward();
            loss += sum.item<double>();
        }

        optimizer.step();
        return loss;
    }

    private static void Close(double[] expected, double[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        var worst = expected.Zip(actual, (e, a) => Math.Abs(e - a) / Math.Max(1, Math.Abs(e))).Max();
        Assert.True(worst < 1e-9, $"{what}: {worst}");
    }
}
