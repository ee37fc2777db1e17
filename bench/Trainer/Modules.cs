using SmallBatch.Specs.Networks;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace SmallBatch.Bench.Trainer;

/// <summary>The same replicas as plain TorchSharp modules with autograd, one after another.</summary>
internal sealed class Modules : IDisposable
{
    private readonly ModuleNetwork[] networks;
    private readonly optim.Optimizer[] optimizers;
    private readonly Tensor images = randn([1024, 3, 32, 32]);
    private readonly Tensor labels = randint(0, 10, [1024], int64);
    private readonly int m;
    private int next;

    /// <summary>Ready to step.</summary>
    public Modules(string network, int m)
    {
        this.m = m;
        var layers = NetworkSpec.Parse(BuiltInNetworks.Find(network)!, network).Value!.Layers;
        networks = [.. Enumerable.Range(0, Product.Replicas).Select(_ => new ModuleNetwork(layers))];
        optimizers = [.. networks.Select(n => optim.SGD(n.parameters(), m * Math.Pow(2, -12), weight_decay: 1e-4))];
        Step();
        Step();
    }

    /// <summary>One update of the next replica; answers its images.</summary>
    public int Step()
    {
        using var scope = NewDisposeScope();
        var (network, optimizer) = (networks[next], optimizers[next]);
        next = (next + 1) % networks.Length;
        optimizer.zero_grad();
        var drawn = randint(0, 1024, [m], int64);
        F.cross_entropy(network.call(images.index_select(0, drawn)), labels.index_select(0, drawn)).backward();
        optimizer.step();
        return m;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var item in optimizers.Cast<IDisposable>().Concat(networks).Append(images).Append(labels))
        {
            item.Dispose();
        }
    }

    /// <summary>A ResNet's list of layers as modules.</summary>
    private sealed class ModuleNetwork : nn.Module<Tensor, Tensor>
    {
        private readonly List<Func<Tensor, Tensor>> steps;
        private int registered;

        public ModuleNetwork(IReadOnlyList<Layer> layers)
            : base("network")
        {
            var shape = new MapShape(3, 32, 32);
            steps = Follow(layers, ref shape);
        }

        public override Tensor forward(Tensor input) => steps.Aggregate(input, (x, step) => step(x));

        private List<Func<Tensor, Tensor>> Follow(IReadOnlyList<Layer> layers, ref MapShape shape)
        {
            var list = new List<Func<Tensor, Tensor>>();
            foreach (var layer in layers)
            {
                switch (layer)
                {
                    case ConvLayer conv:
                        var convolution = Add(nn.Conv2d(shape.Channels, conv.Filters, conv.Kernel, conv.Stride, conv.Padding, bias: false));
                        var norm = Add(nn.BatchNorm2d(conv.Filters));
                        list.Add(x => norm.call(convolution.call(x)));
                        shape = NetworkShapes.Slide(shape, conv.Filters, conv.Kernel, conv.Stride, conv.Padding);
                        break;
                    case ReluLayer:
                        list.Add(x => F.relu(x, inplace: true));
                        break;
                    case GlobalAveragePoolLayer:
                        list.Add(x => x.mean([2, 3]));
                        shape = new(shape.Channels, 1, 1);
                        break;
                    case LinearLayer:
                        var linear = Add(nn.Linear(shape.Channels, 10));
                        list.Add(linear.call);
                        break;
                    case ResidualLayer residual:
                        var input = shape;
                        var branch = Follow(residual.Layers, ref shape);
                        var (stride, padding) = (NetworkShapes.Stride(input, shape), shape.Channels - input.Channels);
                        list.Add(x => branch.Aggregate(x, (v, step) => step(v)) + Shortcut(x, stride, padding));
                        break;
                    default:
                        throw new NotSupportedException($"{layer}: no ResNet for CIFAR has it");
                }
            }

            return list;
        }

        private static Tensor Shortcut(Tensor x, int stride, int padding) =>
            padding == 0 ? x : F.pad(x[TensorIndex.Colon, TensorIndex.Colon, TensorIndex.Slice(step: stride), TensorIndex.Slice(step: stride)], [0, 0, 0, 0, 0, padding]);

        private T Add<T>(T module)
            where T : nn.Module
        {
            register_module($"m{registered++}", module);
            return module;
        }
    }
}
