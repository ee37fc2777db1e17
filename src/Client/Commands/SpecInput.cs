using System.CommandLine;
using SmallBatch.Contracts;
using SmallBatch.Specs;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Client.Commands;

/// <summary>A specification from a file, checked as far as this machine can.</summary>
internal static class SpecInput
{
    /// <summary>The specification's file.</summary>
    public static Argument<string> File() => new("spec") { Description = "A specification, YAML: sweeps/quickstart.yaml" };

    /// <summary>The datasets' folder.</summary>
    public static Option<string?> Data() => new("--data") { Description = "Folder that holds the datasets: what 'smallbatch data fetch' and 'data pack' brought there" };

    /// <summary>
    /// Reads it, without its dataset: the silos have that. Answers it with its errors, and its name. Throws
    /// <see cref="BadInputException"/> with every error where it has no name that a silo could be asked by.
    /// </summary>
    public static (SweepDraft Draft, string Name) Read(string path)
    {
        var draft = SweepDraft.Load(path);
        return draft.Spec is { } spec && draft.Errors.All(e => e.Path != "name") ? (draft, spec.Name) : throw new BadInputException(draft.Errors.Select(e => e.ToString()));
    }

    /// <summary>What was wrong here and there, each once.</summary>
    public static IEnumerable<string> Join(SweepDraft draft, IEnumerable<InputError> errors)
    {
        // A network file that cannot be read is no text to send; here it was named by its path.
        var known = draft is { Errors.Count: > 0, Network: null, NetworkText: null } ? "network" : null;
        return draft.Errors.Select(e => e.ToString()).Union(errors.Where(e => e.Path != known).Select(e => $"{e.Path}: found {e.Found}, wanted {e.Wanted}"));
    }

    /// <summary>Reads it and puts it together with its dataset. Throws <see cref="BadInputException"/> with every error.</summary>
    public static (SweepDraft Draft, SweepPlan Plan) Plan(string path, string? dataRoot) => Plan(SweepDraft.Load(path), dataRoot);

    /// <summary>The same of one that was read.</summary>
    public static (SweepDraft Draft, SweepPlan Plan) Plan(SweepDraft draft, string? dataRoot)
    {
        var plan = SweepPlan.Of(draft, Inspect(draft, dataRoot));
        return (draft, plan.Value ?? throw new BadInputException(plan.Errors.Select(e => e.ToString())));
    }

    /// <summary>Reads it and finds its dataset, whether they fit or not. Throws <see cref="BadInputException"/> with every error.</summary>
    public static (SweepDraft Draft, DatasetIdentity Dataset) Find(string path, string? dataRoot)
    {
        var draft = SweepDraft.Load(path);
        var dataset = Inspect(draft, dataRoot);
        return draft.Errors.Count == 0 && dataset?.Value is { } found ? (draft, found) : throw new BadInputException(draft.Errors.Concat(dataset?.Errors ?? []).Select(e => e.ToString()));
    }

    private static SpecResult<DatasetIdentity>? Inspect(SweepDraft draft, string? dataRoot) =>
        draft.Dataset is { } dataset ? DatasetCatalog.Inspect(dataset, dataRoot) : null;
}
