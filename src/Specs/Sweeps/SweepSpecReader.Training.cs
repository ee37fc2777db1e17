using System.Globalization;
using SmallBatch.Specs.Settings;
using YamlDotNet.RepresentationModel;

namespace SmallBatch.Specs.Sweeps;

/// <summary>The keys that say how each run trains.</summary>
public sealed partial class SweepSpecReader
{
    private static readonly BudgetUnit[] BudgetUnits = [BudgetUnit.Epochs, BudgetUnit.Updates, BudgetUnit.Examples];
    private static readonly string[] GrowthKeys = ["at", "factor"];
    private static readonly string[] MicroBatchKeys = ["batchNormBatchSize", "accumulate", "workers"];

    private Budget ReadBudget()
    {
        const string wanted = "one of epochs, updates or examples, a whole number";
        var named = BudgetUnits
            .Select(u => (Unit: u, Key: u.ToString().ToLowerInvariant())).Where(b => keys.ContainsKey(b.Key)).ToList();
        if (named.Count != 1)
        {
            errors.Add(named.Count == 0 ? new("epochs", "nothing", wanted) : new(named[1].Key, $"beside {named[0].Key}", wanted));
            return new(BudgetUnit.Epochs, 1);
        }

        var (unit, key) = named[0];
        return new(unit, input.Whole(keys[key], key, 1, unit == BudgetUnit.Epochs ? 100_000 : 1_000_000_000_000) ?? 1);
    }

    private DropSchedule ReadDrops()
    {
        if (Mapping("schedule", "{ dropAt: [0.5, 0.75], factor: 0.1 }", ["dropAt", "dropAtEpochs", "factor"]) is not { } settings)
        {
            return DropSchedule.Default;
        }

        var factor = settings.TryGetValue("factor", out var f) ? input.Number(f, "schedule.factor", double.Epsilon, 1, "a number above 0 and up to 1") ?? 0.1 : 0.1;
        if (settings.TryGetValue("dropAtEpochs", out var epochs))
        {
            if (settings.ContainsKey("dropAt"))
            {
                errors.Add(new("schedule.dropAtEpochs", "beside dropAt", "one of the two"));
            }

            var at = input.Items(epochs, "schedule.dropAtEpochs", "a list of epochs").Select(i => (i.Path, Value: input.Whole(i.Node, i.Path, 1, 100_000))).ToList();
            return new([], [.. Ascending(at).Select(e => (int)e)], factor);
        }

        return settings.TryGetValue("dropAt", out var drops)
            ? new(drops is YamlSequenceNode { Children.Count: 0 } ? [] : ReadFractions(drops, "schedule.dropAt"), [], factor)
            : DropSchedule.Default with { Factor = factor };
    }

    private List<double> ReadFractions(YamlNode node, string path) =>
        Ascending(input.Items(node, path, $"a list of fractions, each {Wanted0To1}")
            .Select(i => (i.Path, Value: input.Number(i.Node, i.Path, double.Epsilon, 1 - 1e-12, Wanted0To1))).ToList());

    private Warmup? ReadWarmup()
    {
        const string wanted = "{ fraction: 0.05, from: 1/32 }";
        if (!keys.ContainsKey("warmup") || Mapping("warmup", wanted, ["fraction", "from"]) is not { } settings)
        {
            return null;
        }

        var fraction = settings.TryGetValue("fraction", out var f) ? input.Number(f, "warmup.fraction", double.Epsilon, 1 - 1e-12, Wanted0To1) ?? 0.05 : 0.05;
        var from = 1 / 32.0;
        if (settings.TryGetValue("from", out var start))
        {
            if (YamlInput.Scalar(start) is { } text && (text == "0" || (BaseLearningRate.TryParse(text, out var part) && part!.Value <= 1)))
            {
                from = text == "0" ? 0 : Parsed(text).Value;
            }
            else
            {
                errors.Add(new("warmup.from", YamlInput.Found(start), "a fraction of the learning rate from 0 to 1, such as 1/32"));
            }
        }

        return new(fraction, from);

        static BaseLearningRate Parsed(string text) => BaseLearningRate.TryParse(text, out var rate) ? rate! : throw new FormatException(text);
    }

    private List<GrowthStep> ReadGrowth()
    {
        if (!keys.TryGetValue("batchGrowth", out var node))
        {
            return [];
        }

        var steps = new List<(string Path, double? Value)>();
        var factors = new List<int>();
        foreach (var (item, path) in input.Items(node, "batchGrowth", "a list such as [{ at: 0.5, factor: 5 }]"))
        {
            if (item is not YamlMappingNode mapping)
            {
                errors.Add(new(path, YamlInput.Found(item), "{ at: 0.5, factor: 5 }"));
                continue;
            }

            var settings = input.Keys(mapping, path, GrowthKeys);
            foreach (var missing in GrowthKeys.Where(k => !settings.ContainsKey(k)))
            {
                errors.Add(new($"{path}.{missing}", "nothing", missing == "at" ? Wanted0To1 : "a whole number from 2 to 1024"));
            }

            steps.Add(($"{path}.at", settings.TryGetValue("at", out var at) ? input.Number(at, $"{path}.at", double.Epsilon, 1 - 1e-12, Wanted0To1) : null));
            factors.Add((int)(settings.TryGetValue("factor", out var factor) ? input.Whole(factor, $"{path}.factor", 2, 1024) ?? 2 : 2));
        }

        var ascending = Ascending(steps);
        return [.. ascending.Zip(factors, (at, factor) => new GrowthStep(at, factor))];
    }

    private MicroBatches? ReadMicroBatches()
    {
        var named = MicroBatchKeys.Where(keys.ContainsKey).ToList();
        if (named.Count > 1)
        {
            errors.Add(new(named[1], $"beside {named[0]}", "one of batchNormBatchSize, accumulate and workers: each says how a batch is cut"));
        }

        if (named.Count == 0)
        {
            return null;
        }

        var key = named[0];
        if (key != "workers")
        {
            var number = input.Whole(keys[key], key, 1, 65536) ?? 1;
            return new(key == "accumulate" ? MicroBatchRule.Parts : MicroBatchRule.Size, (int)number);
        }

        if (Mapping("workers", "{ count: 8, batchNorm: own }", ["count", "batchNorm"]) is not { } settings)
        {
            return null;
        }

        if (!settings.ContainsKey("count"))
        {
            errors.Add(new("workers.count", "nothing", "a whole number from 1 to 65536"));
        }

        var count = settings.TryGetValue("count", out var c) ? input.Whole(c, "workers.count", 1, 65536) ?? 1 : 1;
        var synchronised = settings.TryGetValue("batchNorm", out var norm) && YamlInput.Scalar(norm) == "synchronised";
        if (norm is not null && !synchronised && YamlInput.Scalar(norm) != "own")
        {
            errors.Add(new("workers.batchNorm", YamlInput.Found(norm), "own (each worker normalises its part) or synchronised (over the whole batch)"));
        }

        return new(synchronised ? MicroBatchRule.SynchronisedWorkers : MicroBatchRule.Workers, (int)count);
    }

    private OptimizerSettings ReadOptimizer()
    {
        const string wanted = "sgd, adamw, { kind: sgd, momentum: 0.9, nesterov: true } or { kind: adamw, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }";
        if (!keys.TryGetValue("optimizer", out var node))
        {
            return OptimizerSettings.Plain;
        }

        var settings = node is YamlMappingNode mapping ? input.Keys(mapping, "optimizer", ["kind", "momentum", "nesterov", "beta1", "beta2", "epsilon"]) : [];
        var kind = node is YamlMappingNode ? settings.TryGetValue("kind", out var k) ? YamlInput.Scalar(k) : null : YamlInput.Scalar(node);
        if (kind is not ("sgd" or "adamw"))
        {
            errors.Add(new("optimizer", node is YamlMappingNode ? $"kind {kind ?? "missing"}" : YamlInput.Found(node), wanted));
            return OptimizerSettings.Plain;
        }

        string[] own = kind == "sgd" ? ["kind", "momentum", "nesterov"] : ["kind", "beta1", "beta2", "epsilon"];
        foreach (var other in settings.Keys.Except(own))
        {
            errors.Add(new($"optimizer.{other}", YamlInput.Found(settings[other]), $"no such key with {kind}: one of {string.Join(", ", own)}"));
        }

        var momentum = Part("momentum", 0, 0, 1 - 1e-12, "a number from 0 to below 1");
        var nesterov = settings.TryGetValue("nesterov", out var n) && kind == "sgd" && input.Truth(n, "optimizer.nesterov") == true;
        if (nesterov && momentum == 0)
        {
            errors.Add(new("optimizer.nesterov", "true without momentum", "a momentum above 0 beside it"));
        }

        return kind == "sgd"
            ? new(OptimizerKind.Sgd, momentum, nesterov)
            : new(OptimizerKind.AdamW, Beta1: Part("beta1", 0.9, 0, 1 - 1e-12, "a number from 0 to below 1"), Beta2: Part("beta2", 0.999, 0, 1 - 1e-12, "a number from 0 to below 1"), Epsilon: Part("epsilon", 1e-8, double.Epsilon, 1, "a number above 0 and up to 1"));

        double Part(string name, double fallback, double least, double most, string numbers) =>
            own.Contains(name) && settings.TryGetValue(name, out var value) ? input.Number(value, $"optimizer.{name}", least, most, numbers) ?? fallback : fallback;
    }

    private Precision ReadPrecision() => !keys.TryGetValue("precision", out var node) ? Precision.Full : YamlInput.Scalar(node) switch
    {
        "float32" => Precision.Full,
        "tf32" => Precision.Tf32,
        "bfloat16" => Precision.Bfloat16,
        _ => Fail<Precision>(node, "precision", "float32, tf32 or bfloat16"),
    };

    private UpdateVarianceSpec? ReadUpdateVariance()
    {
        if (!keys.ContainsKey("updateVariance") || Mapping("updateVariance", "{ at: [0, 0.5, 1], batches: 64 }", ["at", "batches", "batchSizes"]) is not { } settings)
        {
            return null;
        }

        const string wanted = "a number from 0 to 1";
        List<double> at = settings.TryGetValue("at", out var moments)
            ? Ascending(input.Items(moments, "updateVariance.at", $"a list of fractions of the updates, each {wanted}").Select(i => (i.Path, Value: input.Number(i.Node, i.Path, 0, 1, wanted))).ToList())
            : [0];
        var batches = settings.TryGetValue("batches", out var count) ? input.Whole(count, "updateVariance.batches", 2, 100_000) ?? 64 : 64;
        List<long> sizes = settings.TryGetValue("batchSizes", out var list)
            ? Ascending(input.Items(list, "updateVariance.batchSizes", "a list of batch sizes").Select(i => (i.Path, Value: input.Whole(i.Node, i.Path, 1, 65536))).ToList())
            : [];
        return new(at, (int)batches, [.. sizes.Select(s => (int)s)]);
    }

    private RateScaling? ReadScaling()
    {
        if (!keys.ContainsKey("scaling") || Mapping("scaling", "{ rule: sqrt, reference: 128 }", ["rule", "reference"]) is not { } settings)
        {
            return null;
        }

        var rule = settings.TryGetValue("rule", out var named) ? YamlInput.Scalar(named) : null;
        if (rule is not ("linear" or "sqrt" or "constant"))
        {
            errors.Add(new("scaling.rule", named is null ? "nothing" : YamlInput.Found(named), "linear (η ∝ m), sqrt (η ∝ √m) or constant (the same η)"));
        }

        if (!settings.ContainsKey("reference"))
        {
            errors.Add(new("scaling.reference", "nothing", "the batch size at which the axis' values hold"));
        }

        var reference = settings.TryGetValue("reference", out var at) ? input.Whole(at, "scaling.reference", 1, 65536) ?? 1 : 1;
        return new(rule switch { "sqrt" => ScalingRule.Sqrt, "constant" => ScalingRule.Constant, _ => ScalingRule.Linear }, (int)reference);
    }

    /// <summary>A key's mapping by its own keys; null, with an error where it is no mapping, or where the key is missing.</summary>
    private Dictionary<string, YamlNode>? Mapping(string key, string wanted, IReadOnlyCollection<string> known)
    {
        if (!keys.TryGetValue(key, out var node))
        {
            return null;
        }

        if (node is YamlMappingNode mapping)
        {
            return input.Keys(mapping, key, known);
        }

        errors.Add(new(key, YamlInput.Found(node), wanted));
        return null;
    }

    private List<T> Ascending<T>(List<(string Path, T? Value)> values)
        where T : struct, IComparable<T>, IFormattable
    {
        for (var i = 1; i < values.Count; i++)
        {
            if (values[i].Value is { } value && values[i - 1].Value is { } before && value.CompareTo(before) <= 0)
            {
                errors.Add(new(values[i].Path, value.ToString(null, CultureInfo.InvariantCulture), $"more than the one before it, {before.ToString(null, CultureInfo.InvariantCulture)}"));
            }
        }

        return [.. values.Where(v => v.Value.HasValue).Select(v => v.Value!.Value)];
    }
}
