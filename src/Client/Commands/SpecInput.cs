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

    /// <summary>Reads it. Throws <see cref="BadInputException"/> with every error.</summary>
    public static SweepFiles Load(string path)
    {
        var files = SweepFiles.Load(path);
        return files.Value ?? throw new BadInputException(files.Errors.Select(e => e.ToString()));
    }

    /// <summary>Puts it together with its dataset. Throws <see cref="BadInputException"/> with every error.</summary>
    public static SweepPlan Plan(SweepFiles files, string? dataRoot)
    {
        var dataset = DatasetCatalog.Inspect(files.Spec.Dataset, dataRoot);
        var plan = dataset.Value is null ? null : SweepPlan.Of(files.Spec, files.Network, dataset.Value);
        return plan?.Value ?? throw new BadInputException((plan?.Errors ?? dataset.Errors).Select(e => e.ToString()));
    }
}
