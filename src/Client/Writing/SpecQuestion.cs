namespace SmallBatch.Client.Writing;

/// <summary>One key of a specification that is asked for.</summary>
/// <param name="Key">The key; its option is the same with dashes.</param>
/// <param name="Asks">What is asked.</param>
/// <param name="Fallback">What Enter answers.</param>
/// <param name="Comment">What stands above the key in the file, a line each.</param>
internal sealed record SpecQuestion(string Key, string Asks, string Fallback, params string[] Comment)
{
    /// <summary>All, in the file's order; together the fallbacks are a sweep of minutes.</summary>
    public static IReadOnlyList<SpecQuestion> All { get; } =
    [
        new("name", "Name of the sweep", "my-sweep", "The same name with wider axes, more replicas or a longer budget extends the sweep."),
        new("dataset", "Dataset", "synthetic", "synthetic, cifar10, cifar100, imagenet, or a pack of your own images: { kind: folder, path: birds, crop: 64 }.", "What is not synthetic 'smallbatch data fetch' or 'data pack' brings, and --data DIR names."),
        new("network", "Network", "resnet8", "alexnet, resnet8, resnet20, resnet32, resnet50, or a file with a list of layers beside this one, such as net.yaml."),
        new("batchSizes", "Batch sizes m", "2..128", "The batch sizes m: powers of two as a range, or a list such as [4, 16, 50]."),
        new("baseLearningRates", "Base learning rates η̃", "2^-9..2^-1", "The base learning rates η̃ = η/m, where η is the learning rate: a range of powers of two, or a list such as [0.001, 2^-8].", "Wide enough that at its upper end trainings diverge: the answer needs to see both ends."),
        new("epochs", "Epochs", "8", "The budget; or updates: or examples: in its place."),
        new("replicas", "Replicas of each cell", "3", "Seeds of each cell (m, η̃)."),
        new("confirm", "Fresh seeds at each best η̃", "3", "Fresh seeds at each batch size's best η̃, from which the answer is read: the best of many is too high."),
    ];

    /// <summary><c>--base-learning-rates</c>.</summary>
    public string Option => "--" + string.Concat(Key.Select(c => char.IsUpper(c) ? $"-{char.ToLowerInvariant(c)}" : $"{c}"));
}
