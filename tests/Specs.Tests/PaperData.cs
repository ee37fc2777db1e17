using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Specs.Tests;

/// <summary>The specifications of <c>sweeps/paper</c>, and the datasets that they name at full size.</summary>
internal static class PaperData
{
    public static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Paper");

    public static SweepDraft Draft(string figure)
    {
        var draft = SweepDraft.Parse(File.ReadAllText(Path.Combine(Folder, $"{figure}.yaml")), null);
        Assert.Empty(draft.Errors);
        return draft;
    }

    public static DatasetIdentity Dataset(string kind) => kind switch
    {
        "cifar10" => new("cifar10", 50_000, 10_000, 10, 3, 32, 32, "hash"),
        "cifar100" => new("cifar100", 50_000, 10_000, 100, 3, 32, 32, "hash"),
        _ => new("imagenet", 1_281_167, 50_000, 1000, 3, 224, 224, "hash"),
    };
}
