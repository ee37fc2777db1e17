namespace SmallBatch.Client.Writing;

/// <summary>One key of a specification that is asked for, or one of several that stand in each other's place.</summary>
/// <param name="Key">The key, the first of several; its option is the same with dashes.</param>
/// <param name="Asks">What is asked.</param>
/// <param name="Fallback">What Enter answers.</param>
/// <param name="Comment">What stands above the key in the file, a line each.</param>
internal sealed record SpecQuestion(string Key, string Asks, string Fallback, params string[] Comment)
{
    /// <summary>All, in the file's order; together the fallbacks are a sweep of minutes.</summary>
    public static IReadOnlyList<SpecQuestion> All { get; } =
    [
        new("name", "Name of the sweep", "my-sweep", "The same name with wider axes, more replicas or a longer budget extends the sweep."),
        new("dataset", "Dataset: synthetic, cifar10, cifar100, imagenet or { kind: folder, path: NAME, crop: SIDE }", "synthetic", "synthetic, cifar10, cifar100, imagenet, or a pack of your own images: { kind: folder, path: birds, crop: 64 }.", "What is not synthetic 'smallbatch data fetch' or 'data pack' brings, and --data DIR names."),
        new("network", "Network: alexnet, resnet8, resnet20, resnet32, resnet50 or a file of layers", "resnet8", "alexnet, resnet8, resnet20, resnet32, resnet50, or a file with a list of layers beside this one, such as net.yaml."),
        new("batchSizes", "Batch sizes m: powers of two as a range, or a list such as [4, 16, 50]", "2..128", "The batch sizes m: powers of two as a range, or a list such as [4, 16, 50]."),
        new("baseLearningRates", "Base learning rates η̃ = η/m: a range, or a list such as [0.001, 2^-8]", "2^-9..2^-1", "The base learning rates η̃ = η/m, where η is the learning rate: a range of powers of two, or a list such as [0.001, 2^-8].", "Wide enough that at its upper end trainings diverge: the answer needs to see both ends."),
        new("epochs", "Budget of each run: 8 epochs, 3000 updates or 400000 examples", "8 epochs", "The budget: epochs:, updates: or examples:. Equal epochs give small batches more updates; equal updates give large ones more epochs.") { Others = ["updates", "examples"] },
        new("replicas", "Replicas of each cell", "3", "Seeds of each cell (m, η̃)."),
        new("confirm", "Fresh seeds at each best η̃", "3", "Fresh seeds at each batch size's best η̃, from which the answer is read: the best of many is too high."),
    ];

    /// <summary>Keys that may stand in its place; an answer then ends with the one that is meant, and without one means <see cref="Key"/>.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>All of its keys.</summary>
    public IEnumerable<string> Keys => Others.Prepend(Key);

    /// <summary><c>--base-learning-rates</c>, of a key.</summary>
    public static string Option(string key) => "--" + string.Concat(key.Select(c => char.IsUpper(c) ? $"-{char.ToLowerInvariant(c)}" : $"{c}"));

    /// <summary>The answer that gives one of its keys a value.</summary>
    public string Answer(string key, string value) => Others.Count == 0 ? value : $"{value} {key}";

    /// <summary>An answer as it stands in the file.</summary>
    public string Line(string answer) => Others.Count > 0 && Keys.FirstOrDefault(k => answer.EndsWith($" {k}", StringComparison.Ordinal)) is { } key
        ? $"{key}: {answer[..^(key.Length + 1)].TrimEnd()}"
        : $"{Key}: {answer}";
}
