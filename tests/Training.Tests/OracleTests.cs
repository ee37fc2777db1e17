using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Settings;
using SmallBatch.Training.Networks;
using SmallBatch.Training.Randomness;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace SmallBatch.Training.Tests;

/// <summary>In 64-bit numbers the fused network does what each replica alone does in the framework's plain modules.</summary>
public sealed class OracleTests
{
    private const int Replicas = 3;
    private const int Images = 6;
    private const double Rate = 0.05;
    private const string Text = """
        layers:
          - conv: { filters: 4, kernel: 3 }
          - relu
          - residual: { layers: [ { conv: { filters: 8, kernel: 3, stride: 2 } }, relu, { conv: { filters: 8, kernel: 3 } } ] }
          - relu
          - averagePool: global
          - linear: { outputs: 6 }
          - relu
          - linear: { outputs: classes }
        """;

    [Theory]
    [InlineData(BatchNormalisation.All)]
    [InlineData(BatchNormalisation.Conv)]
    [InlineData(BatchNormalisation.None)]
    public void Fused_replicas_train_as_plain_modules_do_one_at_a_time(BatchNormalisation norm)
    {
        using var fused = new FusedNetwork(NetworkSpec.Parse(Text, "n").Value!, new(3, 8, 8), 5, norm, Replicas, float64, CPU);
        var plain = Enumerable.Range(0, Replicas).Select(r => new Plain(norm, fused.Parameters, r)).ToArray();
        using (no_grad())
        {
            for (var r = 0; r < Replicas; r++)
            {
                for (var i = 0; i < fused.Parameters.Count; i++)
                {
                    fused.Slice(i, r).copy_(plain[r].Values[i].permute(plain[r].Permutation(i)));
                }
            }
        }

        var generator = new Generator(7);
        for (var step = 0; step < 10; step++)
        {
            var images = Enumerable.Range(0, Replicas).Select(_ => randn([Images, 8, 8, 3], float64, generator: generator)).ToArray();
            var labels = Enumerable.Range(0, Replicas).Select(_ => randint(0, 5, [Images], int64, generator: generator)).ToArray();
            var expected = plain.Select((p, r) => p.Step(images[r].permute(0, 3, 1, 2).contiguous(), labels[r])).ToArray();
            var logits = fused.Forward(stack(images, 3).reshape(Images, 8, 8, Replicas * 3), training: true, 0.1);
            var losses = F.cross_entropy(logits.reshape(Replicas * Images, 5), cat(labels), reduction: nn.Reduction.None).reshape(Replicas, Images).mean([1]);
            var gradients = autograd.grad([losses.sum()], [.. fused.Trained]);
            using (no_grad())
            {
                for (var i = 0; i < gradients.Count; i++)
                {
                    fused.Trained[i].add_(gradients[i], alpha: -Rate);
                }
            }

            Assert.All(expected.Zip(losses.data<double>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-10));
        }

        var test = randn([Images, 8, 8, 3], float64, generator: generator);
        using var quiet = no_grad();
        var evaluated = fused.Forward(cat([test, test, test], 3), training: false, 0);
        for (var r = 0; r < Replicas; r++)
        {
            Assert.True(allclose(evaluated[r], plain[r].Forward(test.permute(0, 3, 1, 2), training: false), 1e-9, 1e-9));
        }
    }

    /// <summary>The same network, written by hand with the framework's ungrouped operations.</summary>
    private sealed class Plain(BatchNormalisation norm, IReadOnlyList<ParameterSpec> specs, int replica)
    {
        private int next;

        public Tensor[] Values { get; } = Make(specs, replica);

        public long[] Permutation(int index) => specs[index].Kind == ParameterKind.LinearWeight ? [1, 0] : [.. Enumerable.Range(0, specs[index].Shape.Length).Select(i => (long)i)];

        public double Step(Tensor images, Tensor labels)
        {
            var loss = F.cross_entropy(Forward(images, training: true), labels);
            var trained = Values.Where((_, i) => specs[i].IsTrained).ToArray();
            var gradients = autograd.grad([loss], trained);
            using var quiet = no_grad();
            for (var i = 0; i < trained.Length; i++)
            {
                trained[i].sub_(gradients[i] * Rate);
            }

            return loss.item<double>();
        }

        public Tensor Forward(Tensor x, bool training)
        {
            next = 0;
            x = F.relu(Conv(x, 1, training));
            var shortcut = F.pad(x[TensorIndex.Colon, TensorIndex.Colon, TensorIndex.Slice(step: 2), TensorIndex.Slice(step: 2)], [0, 0, 0, 0, 0, 4]);
            var branch = Conv(F.relu(Conv(x, 2, training)), 1, training);
            x = F.relu(branch + shortcut).mean([2, 3]);
            x = F.linear(x, Values[next++], norm == BatchNormalisation.All ? null : Values[next++].reshape(-1));
            x = F.relu(norm == BatchNormalisation.All ? Norm(x, training) : x);
            return F.linear(x, Values[next++], Values[next++].reshape(-1));
        }

        private static Tensor[] Make(IReadOnlyList<ParameterSpec> specs, int replica) =>
        [
            .. specs.Select((s, i) =>
            {
                var value = Initialisation.Value(s, i, new ReplicaStream(1, "grid", replica)).to(float64);
                value = s.Kind == ParameterKind.LinearWeight ? value.t().contiguous() : value;
                return s.IsTrained ? value.requires_grad_(true) : value;
            }),
        ];

        private Tensor Conv(Tensor x, long stride, bool training)
        {
            var weight = Values[next++];
            return norm == BatchNormalisation.None
                ? F.conv2d(x, weight, Values[next++], [stride, stride], [1, 1])
                : Norm(F.conv2d(x, weight, null, [stride, stride], [1, 1]), training);
        }

        private Tensor Norm(Tensor x, bool training)
        {
            next += 4;
            return F.batch_norm(x, Values[next - 2], Values[next - 1], Values[next - 4], Values[next - 3], training, 0.1, 1e-5);
        }
    }
}
