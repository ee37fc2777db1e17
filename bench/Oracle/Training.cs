using System.Text.Json.Nodes;
using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Settings;
using SmallBatch.Training.Networks;
using SmallBatch.Training.Randomness;
using static TorchSharp.torch;

namespace SmallBatch.Bench.Oracle;

/// <summary>
/// Trains two replicas by the step program in 64 bits, every setting from the same weights and on the same images, and writes
/// what another implementation needs to do the same.
/// </summary>
/// <remarks>
/// Files, little-endian: <c>weights.f32</c>, replica after replica, parameter after parameter in the order of
/// <see cref="NetworkParameters"/> (within a residual its layers, then its projection; after a layer's weights its bias, or
/// scale, shift and, for batch normalisation, mean and variance); <c>images.f64</c>, [images, channels, height, width];
/// <c>labels.i32</c>; <c>draws.i32</c>, [steps, replicas, <see cref="Setting.Batch"/>], which images a batch takes (a smaller one the
/// first of them). Linear weights are [inputs, outputs], the inputs being a map's values position by position: height, width,
/// channel.
/// </remarks>
internal sealed class Training(string name, Normalisation normalisation, int side, int steps, double rateShare)
{
    private const int Replicas = 2;
    private const int Classes = 5;
    private const int Images = 64;
    private const double Momentum = 0.1;
    private const double LastMomentum = 0.2;
    private readonly NetworkSpec network = NetworkSpec.Parse(BuiltInNetworks.Find(name)!, name).Value!;
    private readonly MapShape shape = new(3, side, side);

    /// <summary>Trains and writes into a folder.</summary>
    public void Write(string folder)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var parameters = NetworkParameters.Of(network, shape, Classes, normalisation);
        var values = Enumerable.Range(0, Replicas)
            .Select(r => parameters.Select((p, i) => Initialisation.Value(p, i, new ReplicaStream(1, "oracle", r))).ToArray()).ToArray();
        var generator = new Generator(7);
        var images = randn([Images, 3, side, side], float64, generator: generator);
        var labels = randint(0, Classes, [Images], int32, generator: generator);
        // Different images: of two equal ones normalised alone only rounding is left, and ReLU makes that a gradient or none.
        var draws = stack([.. Enumerable.Range(0, steps * Replicas).Select(_ => randperm(Images, int32, generator: generator).narrow(0, 0, Setting.Batch))]);
        draws = draws.view(steps, Replicas, Setting.Batch);
        using (var weights = File.Create(Path.Combine(folder, "weights.f32")))
        {
            foreach (var value in values.SelectMany(v => v))
            {
                weights.Write(value.bytes);
            }
        }

        File.WriteAllBytes(Path.Combine(folder, "images.f64"), images.bytes.ToArray());
        File.WriteAllBytes(Path.Combine(folder, "labels.i32"), labels.bytes.ToArray());
        File.WriteAllBytes(Path.Combine(folder, "draws.i32"), draws.bytes.ToArray());
        var description = new JsonObject
        {
            ["network"] = name,
            ["layers"] = Description.Of(network.Layers),
            ["afterConvolutions"] = normalisation.AfterConvolutions,
            ["afterHiddenLayers"] = normalisation.AfterHiddenLayers,
            ["groups"] = normalisation.Groups,
            ["epsilon"] = StepScript.Epsilon,
            ["momentum"] = Momentum,
            ["lastMomentum"] = LastMomentum,
            ["image"] = new JsonArray(3, side, side),
            ["classes"] = Classes,
            ["replicas"] = Replicas,
            ["batch"] = Setting.Batch,
            ["values"] = parameters.Sum(p => p.Size),
            ["settings"] = new JsonArray([.. Setting.All.Select(s => (JsonNode)Train(s, parameters, values, images, labels.to(int64), draws.to(int64)))]),
        };
        File.WriteAllText(Path.Combine(folder, "training.json"), description.ToJsonString());
    }

    private JsonObject Train(Setting setting, IReadOnlyList<ParameterSpec> parameters, Tensor[][] values, Tensor images, Tensor labels, Tensor draws)
    {
        using var scope = NewDisposeScope();
        using var fused = new FusedReplicas(parameters, setting.Optimizer, Replicas, float64, CPU);
        var program = StepProgram.Of(new(network, shape, Classes, normalisation, setting.Optimizer, setting.WeightDecay, Precision.Full));
        for (var r = 0; r < Replicas; r++)
        {
            for (var p = 0; p < parameters.Count; p++)
            {
                fused.Slice(p, r).copy_(values[r][p]);
            }
        }

        var share = setting.Optimizer.Kind == OptimizerKind.AdamW ? 1 : rateShare;
        var (batches, rates, losses) = (new JsonArray(), new JsonArray(), new JsonArray());
        for (var step = 0; step < steps; step++)
        {
            using var inner = NewDisposeScope();
            var count = setting.Images(step);
            var drawn = draws[step].narrow(1, 0, count);
            var x = cat([.. Enumerable.Range(0, Replicas).Select(r => images.index_select(0, drawn[r]).permute(0, 2, 3, 1))], 3);
            var own = Enumerable.Range(0, Replicas).Select(r => setting.RateAt(step, steps, r) * share).ToArray();
            fused.Accumulators[0].zero_();
            program.Step(
                fused, x.contiguous(), labels.index_select(0, drawn.reshape(-1)).view(Replicas, count), tensor(own.Select(r => -r).ToArray(), [Replicas, 1]), setting.Part,
                count < setting.Part ? LastMomentum : Momentum, count % setting.Part == 0 ? Momentum : LastMomentum, step + 1);
            batches.Add(count);
            rates.Add(Array(own));
            losses.Add(Array(fused.Accumulators[0].data<double>().Select(l => l / count)));
        }

        var (sums, hits) = (zeros([Replicas], float64), zeros([Replicas, Images], @bool));
        program.Evaluate(fused, images.permute(0, 2, 3, 1).contiguous(), labels, 0, sums, hits);
        var optimizer = setting.Optimizer;
        return new()
        {
            ["name"] = setting.Name,
            ["adamw"] = optimizer.Kind == OptimizerKind.AdamW,
            ["optimizerMomentum"] = optimizer.Momentum,
            ["nesterov"] = optimizer.Nesterov,
            ["betas"] = new JsonArray(optimizer.Beta1, optimizer.Beta2),
            ["optimizerEpsilon"] = optimizer.Epsilon,
            ["weightDecay"] = setting.WeightDecay,
            ["part"] = setting.Part,
            ["batches"] = batches,
            ["rates"] = rates,
            ["losses"] = losses,
            ["testLosses"] = Array(sums.data<double>().Select(l => l / Images)),
        };
    }

    /// <summary>Numbers that are not finite, which JSON does not have, become null.</summary>
    private static JsonArray Array(IEnumerable<double> values) => [.. values.Select(v => double.IsFinite(v) ? JsonValue.Create(v) : null)];
}
