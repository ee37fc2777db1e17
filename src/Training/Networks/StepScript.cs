using System.Globalization;
using System.Text;
using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Training.Networks;

/// <summary>
/// Emits a network's step program, TorchScript text, from its list of layers: forward, the backward pass written out, and the
/// update, over K replicas at once. Maps are channels-last, [b, h, w, K·C] in memory, so a replica's channels lie together at
/// every position, and from K = 2 up its bits do not depend on its neighbours. One call from managed code runs a whole step.
/// </summary>
/// <remarks>
/// Values: <c>w</c> trained tensors, <c>s</c> running statistics, both in the order of <see cref="NetworkParameters"/>; <c>K</c>
/// replicas. An operation works in place only on a value that no backward operation reads again (<see cref="Value.Free"/>).
/// </remarks>
internal sealed partial class StepScript
{
    /// <summary>ε of every normalisation.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>c10::MemoryFormat::ChannelsLast: scripts compiled from text have no name for it.</summary>
    private const string ChannelsLast = "memory_format=2";

    /// <summary>c10::ScalarType::BFloat16, likewise.</summary>
    private const string Half = ".to(15)";

    private readonly NetworkSpec network;
    private readonly MapShape image;
    private readonly int classes;
    private readonly Normalisation normalisation;
    private readonly OptimizerSettings optimizer;
    private readonly double weightDecay;
    private readonly bool half;
    private readonly IReadOnlyList<ParameterSpec> parameters;
    private readonly StringBuilder text = new();
    private readonly Dictionary<int, string> gradients = [];
    private int next;
    private int names;

    /// <summary>A program of a network that fits its images (<see cref="NetworkShapes.Of"/> has checked it).</summary>
    public StepScript(NetworkSpec network, MapShape image, int classes, Normalisation normalisation, OptimizerSettings optimizer, double weightDecay, Precision precision)
    {
        (this.network, this.image, this.classes, this.normalisation, this.optimizer, this.weightDecay) = (network, image, classes, normalisation, optimizer, weightDecay);
        half = precision == Precision.Bfloat16;
        parameters = NetworkParameters.Of(network, image, classes, normalisation);
    }

    /// <summary>Undoes what a layer did: writes the lines, answers the gradient of its input, or null where that was not wanted.</summary>
    private delegate string? Backward(string gradient, bool wanted);

    /// <summary>The whole program.</summary>
    public string Write()
    {
        WriteGradients();
        WriteStep();
        WriteVariance();
        WriteEvaluate();
        return text.ToString();
    }

    private void WriteGradients()
    {
        Begin("gradients(w: List[Tensor], s: List[Tensor], x: Tensor, y: Tensor, K: int, momentum: float, scale: float) -> Tuple[List[Tensor], Tensor, Tensor]");
        Line("b = x.size(0)");
        WriteCasts();
        Line($"x0 = x.permute(0, 3, 1, 2){(half ? Half : "")}");
        next = 0;
        gradients.Clear();
        var (logits, backward) = Follow(network.Layers, new("x0", image, Free: false));
        Line($"p = torch.log_softmax({logits.Name}{(half ? ".float()" : "")}, 2)");
        Line("t = y.unsqueeze(2)");
        Line("loss = p.gather(2, t).squeeze(2).double().sum(1).neg()");
        Line("correct = (p.argmax(2) == y).sum(1)");
        Line("g0 = torch.exp(p).scatter_add_(2, t, torch.full([K, b, 1], -1.0, dtype=p.dtype, device=p.device)).mul_(scale)");
        if (half)
        {
            Line($"g0 = g0{Half}");
        }

        backward("g0", false);
        var trained = parameters.Select((p, i) => (p, i)).Where(p => p.p.IsTrained).Select(p => gradients[p.i]);
        Line($"return [{string.Join(", ", trained)}], loss, correct");
    }

    private void WriteEvaluate()
    {
        // Every replica sees the same images, so a first convolution takes them once.
        Begin("evaluate(w: List[Tensor], s: List[Tensor], x: Tensor, y: Tensor, K: int, at: int, losses: Tensor, hits: Tensor) -> Tensor");
        Line("b = x.size(0)");
        WriteCasts();
        var shared = network.Layers[0] is ConvLayer;
        Line($"x0 = x{(shared ? "" : ".repeat(1, 1, 1, K)")}.permute(0, 3, 1, 2){(half ? Half : "")}");
        next = 0;
        var logits = Infer(network.Layers, new("x0", image, Free: false), shared ? "1" : "K");
        Line($"p = torch.log_softmax({logits.Name}{(half ? ".float()" : "")}, 2)");
        Line("t = y.unsqueeze(0).expand(K, b)");
        Line("losses.sub_(p.gather(2, t.unsqueeze(2)).squeeze(2).double().sum(1))");
        Line("hits.narrow(1, at, b).copy_(p.argmax(2) == t)");
        Line("return losses");
    }

    /// <summary>Weights as products take them.</summary>
    private void WriteCasts()
    {
        for (var (i, trained) = (0, 0); i < parameters.Count; i++)
        {
            if (!parameters[i].IsTrained)
            {
                continue;
            }

            var cast = half && parameters[i].Kind is ParameterKind.ConvWeight or ParameterKind.LinearWeight or ParameterKind.Bias;
            Line($"w{i} = w[{trained++}]{(half && cast ? Half : "")}");
        }

        for (var (i, statistics) = (0, 0); i < parameters.Count; i++)
        {
            if (!parameters[i].IsTrained)
            {
                Line($"s{i} = s[{statistics++}]");
            }
        }
    }

    private (Value Output, Backward Backward) Follow(IReadOnlyList<Layer> layers, Value x)
    {
        var backwards = new List<Backward>();
        foreach (var layer in layers)
        {
            (x, var backward) = layer switch
            {
                ConvLayer conv => NormalisedConv(conv, x),
                ReluLayer => Relu(x),
                MaxPoolLayer pool => MaxPool(pool, x),
                GlobalAveragePoolLayer => Average(x),
                LinearLayer linear => Linear(linear, x),
                ResidualLayer residual => Residual(residual, x),
                _ => throw new InvalidOperationException($"unknown layer {layer}"),
            };
            backwards.Add(backward);
        }

        return (x, (gradient, wanted) =>
        {
            string? current = gradient;
            for (var i = backwards.Count - 1; i >= 0; i--)
            {
                current = backwards[i](current!, wanted || i > 0);
            }

            return current;
        }
        );
    }

    private int Take(ParameterKind kind) =>
        parameters[next].Kind == kind ? next++ : throw new InvalidOperationException($"parameter {next} is {parameters[next].Name}, wanted {kind}");

    private void Begin(string signature) => text.Append("def ").Append(signature).Append(":\n");

    private void Line(string line) => text.Append("    ").Append(line).Append('\n');

    private string Assign(string value)
    {
        var name = Name();
        Line($"{name} = {value}");
        return name;
    }

    private string Name() => $"v{++names}";

    /// <summary>A number as the script reads it, with a point or an exponent, so that it is no whole number.</summary>
    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture) is var digits && digits.AsSpan().ContainsAny('.', 'E') ? digits : digits + ".0";

    /// <summary>A map, [b, K·C, h, w] (the classifier's: [K, b, classes]).</summary>
    /// <param name="Name">Its variable.</param>
    /// <param name="Shape">One replica's shape.</param>
    /// <param name="Free">Whether no backward operation reads it, so that the next may work in place.</param>
    private readonly record struct Value(string Name, MapShape Shape, bool Free);
}
