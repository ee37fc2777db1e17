using System.CommandLine;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Client.Commands;

/// <summary>A specification from a file, checked as far as this machine can.</summary>
internal static class SpecInput
{
    /// <summary>The specification's file.</summary>
    public static Argument<string> File() => new("spec") { Description = "A specification, YAML: sweeps/quickstart.yaml" };

    /// <summary>The datasets' folder.</summary>
    public static Option<string?> Data() => new("--data") { Description = "Folder that holds the datasets (cifar-10-batches-bin, cifar-100-binary)" };

    /// <summary>Reads it, without its dataset: the silos have that. Throws <see cref="BadInputException"/> with every error.</summary>
    public static SweepDraft Load(string path)
    {
        var draft = SweepDraft.Load(path);
        return draft.Errors.Count == 0 ? draft : throw new BadInputException(draft.Errors.Select(e => e.ToString()));
    }

    /// <summary>Reads it and puts it together with its dataset. Throws <see cref="BadInputException"/> with every error.</summary>
    public static (SweepDraft Draft, SweepPlan Plan) Plan(string path, string? dataRoot)
    {
        var draft = SweepDraft.Load(path);
        var plan = SweepPlan.Of(draft, draft.Dataset is { } dataset ? DatasetCatalog.Inspect(dataset, dataRoot) : null);
        return (draft, plan.Value ?? throw new BadInputException(plan.Errors.Select(e => e.ToString())));
    }
}
