using System.Globalization;
using System.Text.RegularExpressions;
using SmallBatch.Specs.Settings;
using YamlDotNet.RepresentationModel;

namespace SmallBatch.Specs.Sweeps;

/// <summary>Reads a specification strictly: every error at once, each with path, found and wanted.</summary>
public sealed partial class SweepSpecReader
{
    private const string Wanted0To1 = "a number above 0 and below 1";

    private static readonly string[] Known =
    [
        "name", "dataset", "network", "batchNorm", "groupNorm", "bnMomentum", "batchSizes", "baseLearningRates", "from", "scaling",
        "replicas", "confirm", "epochs", "updates", "examples", "augment", "optimizer", "weightDecay", "schedule", "warmup",
        "batchGrowth", "batchNormBatchSize", "accumulate", "workers", "precision", "updateVariance", "search", "selectOn", "stop", "delta", "seed", "priority", "team", "weight", "limit", "checkpoint",
    ];

    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["momentum"] = "optimizer: { kind: sgd, momentum: 0.9 }",
        ["nesterov"] = "optimizer: { kind: sgd, momentum: 0.9, nesterov: true }",
        ["learningRates"] = "baseLearningRates, η̃ = η/m",
        ["dropAt"] = "schedule: { dropAt: [0.5, 0.75], factor: 0.1 }",
    };

    private readonly List<SpecError> errors;
    private readonly YamlInput input;
    private Dictionary<string, YamlNode> keys = [];

    private SweepSpecReader(List<SpecError> errors)
    {
        this.errors = errors;
        input = new(errors);
    }

    /// <summary>Reads a specification; <paramref name="source"/> is its file's name, for errors about the whole.</summary>
    public static SpecResult<SweepSpec> Read(string yaml, string source)
    {
        var errors = new List<SpecError>();
        var spec = Read(yaml, source, errors);
        return errors.Count > 0 ? errors : spec!;
    }

    /// <summary>Reads what can be read, with defaults in the place of what is wrong; null where that is nothing.</summary>
    internal static SweepSpec? Read(string yaml, string source, List<SpecError> errors)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        var reader = new SweepSpecReader(errors);
        return reader.input.Document(yaml, source) is { } document ? reader.ReadSpec(document) : null;
    }

    /// <summary>What a name is, in words.</summary>
    public const string WantedName = "1 to 63 of a-z, 0-9 and '-', beginning with a letter";

    /// <summary>Whether a sweep, or a team, can have this name.</summary>
    public static bool IsName(string text) => Name().IsMatch(text);

    [GeneratedRegex("^[a-z][a-z0-9-]{0,62}$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    private SweepSpec ReadSpec(YamlMappingNode document)
    {
        keys = input.Keys(document, "", Known, elsewhere: Elsewhere);
        var (replicas, replicasUntil) = ReadCount("replicas", 1);
        var (confirm, confirmUntil) = ReadCount("confirm", 0);
        List<int> batchSizes;
        (TimeSpan Every, KeptCheckpoint Kept) checkpoint;
        Dictionary<int, IReadOnlyList<BaseLearningRate>>? own;
        return new()
        {
            Name = Optional("name", n => ReadName(n, "name")) ?? Missing("name", WantedName),
            Dataset = new DatasetSpecReader(errors, input).Read(keys.GetValueOrDefault("dataset")),
            Network = Optional("network", n => YamlInput.Scalar(n) is { Length: > 0 } text ? text : Fail<string>(n, "network", "a name under networks/, or a file")) ?? Missing("network", "a name under networks/, or a file"),
            BatchNorm = Optional("batchNorm", ReadBatchNorm) ?? BatchNormalisation.All,
            GroupNorm = (int?)Optional("groupNorm", n => input.Whole(n, "groupNorm", 1, 1024)),
            BatchNormMomentum = Optional("bnMomentum", n => input.Number(n, "bnMomentum", double.Epsilon, 1, "a number above 0 and up to 1")),
            BatchSizes = batchSizes = ReadBatchSizes(),
            BaseLearningRates = (own = ReadRatesByBatchSize(batchSizes)) is null ? ReadRates() : [.. own.Values.SelectMany(r => r).Distinct().Order()],
            RatesByBatchSize = own,
            From = ReadFrom(),
            Scaling = ReadScaling(),
            Replicas = replicas,
            ReplicasUntil = replicasUntil,
            Confirm = confirm,
            ConfirmUntil = confirmUntil,
            Budget = ReadBudget(),
            Augment = Optional("augment", n => input.Truth(n, "augment")) ?? false,
            WeightDecay = Optional("weightDecay", n => input.Number(n, "weightDecay", 0, 1, "a number from 0 to 1")) ?? 0,
            Drops = ReadDrops(),
            Warmup = ReadWarmup(),
            BatchGrowth = ReadGrowth(),
            MicroBatches = ReadMicroBatches(),
            Optimizer = ReadOptimizer(),
            Precision = ReadPrecision(),
            UpdateVariance = ReadUpdateVariance(),
            Search = ReadSearch(),
            StopWhenDecided = ReadStop(),
            ValidationShare = ReadSelectOn(),
            Delta = Optional("delta", n => input.Number(n, "delta", 0, 100, "points of accuracy, a number from 0 to 100")) ?? SweepSpec.DefaultDelta,
            Seed = Optional("seed", n => input.Whole(n, "seed", 0, 1L << 53)) ?? 1,
            Priority = (int)(Optional("priority", n => input.Whole(n, "priority", -1000, 1000)) ?? 0),
            Team = Optional("team", n => ReadName(n, "team")) ?? SweepSpec.DefaultTeam,
            Weight = (int)(Optional("weight", n => input.Whole(n, "weight", 1, 1000)) ?? 1),
            LimitDeviceHours = ReadLimit(),
            CheckpointEvery = (checkpoint = ReadCheckpoint()).Every,
            CheckpointKept = checkpoint.Kept,
        };
    }

    private string ReadName(YamlNode node, string path)
    {
        var name = YamlInput.Scalar(node) ?? "";
        if (!IsName(name))
        {
            errors.Add(new(path, YamlInput.Found(node), WantedName));
        }

        return name;
    }

    private BatchNormalisation? ReadBatchNorm(YamlNode node) => YamlInput.Scalar(node) switch
    {
        "none" => BatchNormalisation.None,
        "conv" => BatchNormalisation.Conv,
        "all" => BatchNormalisation.All,
        _ => Fail<BatchNormalisation?>(node, "batchNorm", "none, conv or all"),
    };

    private List<int> ReadBatchSizes()
    {
        const string wanted = "a list of whole numbers from 1 to 65536, or a range of powers of two such as 2..2048";
        if (!keys.TryGetValue("batchSizes", out var node))
        {
            Missing("batchSizes", wanted);
            return [];
        }

        if (YamlInput.Scalar(node) is { } text)
        {
            if (Range(text) is var (from, to) && int.TryParse(from, out var first) && int.TryParse(to, out var last)
                && first >= 1 && last <= 65536 && int.IsPow2(first) && int.IsPow2(last))
            {
                if (first > last)
                {
                    errors.Add(new("batchSizes", text, $"a range that ascends: {last}..{first}"));
                }

                return [.. Enumerable.Range(0, 17).Select(i => 1 << i).Where(m => m >= first && m <= last)];
            }

            errors.Add(new("batchSizes", YamlInput.Found(node), wanted));
            return [];
        }

        return Distinct(input.Items(node, "batchSizes", wanted).Select(i => (i.Path, (int?)input.Whole(i.Node, i.Path, 1, 65536))).ToList());
    }

    private List<BaseLearningRate> ReadRates()
    {
        const string one = "a positive number such as 2^-9, 1/512 or 0.001";
        const string wanted = "a list of positive numbers such as [0.001, 2^-8], or a range of powers of two such as 2^-12..2^0";
        if (!keys.TryGetValue("baseLearningRates", out var node))
        {
            Missing("baseLearningRates", wanted);
            return [];
        }

        if (YamlInput.Scalar(node) is { } text)
        {
            if (Range(text) is var (from, to) && from.StartsWith("2^", StringComparison.Ordinal) && to.StartsWith("2^", StringComparison.Ordinal)
                && BaseLearningRate.TryParse(from, out _) && BaseLearningRate.TryParse(to, out _))
            {
                var first = int.Parse(from.AsSpan(2), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                var last = int.Parse(to.AsSpan(2), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                if (first > last)
                {
                    errors.Add(new("baseLearningRates", text, $"a range that ascends: 2^{last}..2^{first}"));
                }

                return [.. Enumerable.Range(first, Math.Max(0, last - first + 1)).Select(BaseLearningRate.PowerOfTwo)];
            }

            errors.Add(new("baseLearningRates", YamlInput.Found(node), wanted));
            return [];
        }

        var rates = new List<(string, BaseLearningRate?)>();
        foreach (var (item, path) in input.Items(node, "baseLearningRates", wanted))
        {
            BaseLearningRate? rate = null;
            if (YamlInput.Scalar(item) is not { } value || !BaseLearningRate.TryParse(value, out rate))
            {
                errors.Add(new(path, YamlInput.Found(item), one));
            }

            rates.Add((path, rate));
        }

        return Distinct(rates);
    }

    private double? ReadLimit()
    {
        const string wanted = "hours of slots, a number from 0.0001 to 100000000";
        if (!keys.ContainsKey("limit") || Mapping("limit", "{ deviceHours: 500 }", ["deviceHours"]) is not { } settings)
        {
            return null;
        }

        if (settings.TryGetValue("deviceHours", out var hours))
        {
            return input.Number(hours, "limit.deviceHours", 0.0001, 1e8, wanted);
        }

        errors.Add(new("limit.deviceHours", "nothing", wanted));
        return null;
    }

    private (TimeSpan Every, KeptCheckpoint Kept) ReadCheckpoint()
    {
        (TimeSpan Every, KeptCheckpoint Kept) fallback = (TimeSpan.FromSeconds(60), KeptCheckpoint.None);
        if (!keys.TryGetValue("checkpoint", out var node))
        {
            return fallback;
        }

        if (node is not YamlMappingNode mapping)
        {
            errors.Add(new("checkpoint", YamlInput.Found(node), "{ every: 60s } or { every: 60s, keep: firstDrop }"));
            return fallback;
        }

        var settings = input.Keys(mapping, "checkpoint", ["every", "keep"]);
        return (
            settings.TryGetValue("every", out var every) ? ReadEvery(every, fallback.Every) : fallback.Every,
            settings.TryGetValue("keep", out var keep) ? ReadKept(keep) : KeptCheckpoint.None);
    }

    private TimeSpan ReadEvery(YamlNode every, TimeSpan fallback)
    {
        var text = YamlInput.Scalar(every) ?? "";
        var unit = text.EndsWith('s') ? 1 : text.EndsWith('m') ? 60 : 0;
        if (unit > 0 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * unit is >= 0.5 and <= 86400)
        {
            return TimeSpan.FromSeconds(number * unit);
        }

        errors.Add(new("checkpoint.every", YamlInput.Found(every), "a time from 0.5s to 1440m, such as 60s or 5m"));
        return fallback;
    }

    private KeptCheckpoint ReadKept(YamlNode keep) => YamlInput.Scalar(keep) switch
    {
        "none" => KeptCheckpoint.None,
        "firstDrop" => KeptCheckpoint.FirstDrop,
        _ => Fail<KeptCheckpoint>(keep, "checkpoint.keep", "none or firstDrop"),
    };

    private List<T> Distinct<T>(List<(string Path, T? Value)> values)
        where T : class, IComparable<T> =>
        Distinct(values.Where(v => v.Value is not null).Select(v => (v.Path, v.Value!)).ToList(), v => v);

    private List<int> Distinct(List<(string Path, int? Value)> values) =>
        Distinct(values.Where(v => v.Value.HasValue).Select(v => (v.Path, v.Value!.Value)).ToList(), v => v);

    private List<TKey> Distinct<TValue, TKey>(List<(string Path, TValue Value)> values, Func<TValue, TKey> key)
        where TKey : notnull
    {
        var seen = new Dictionary<TKey, string>();
        foreach (var (path, value) in values)
        {
            if (!seen.TryAdd(key(value), path))
            {
                errors.Add(new(path, $"{value} again", $"each value once; it stands at {seen[key(value)]} already"));
            }
        }

        return [.. seen.Keys.Order()];
    }

    private static (string From, string To)? Range(string text)
    {
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        return dots < 0 ? null : (text[..dots].Trim(), text[(dots + 2)..].Trim());
    }

    private T? Optional<T>(string key, Func<YamlNode, T?> read) => keys.TryGetValue(key, out var node) ? read(node) : default;

    private T? Fail<T>(YamlNode node, string path, string wanted)
    {
        errors.Add(new(path, YamlInput.Found(node), wanted));
        return default;
    }

    private string Missing(string key, string wanted)
    {
        errors.Add(new(key, "nothing", wanted));
        return "";
    }
}
