using System.Text.RegularExpressions;

namespace SmallBatch.Silo.Devices;

/// <summary>What the bits of a training on a GPU depend on, in one word.</summary>
internal static partial class GpuNumericsClass
{
    /// <summary>
    /// Model, driver, and what the trainer says of its libraries: <c>nvidia-h200-driver570.124.06-torch2.10.0-cuda12.8-cudnn9.10.2-n2</c>.
    /// Precision is not in it: it is a setting, part of every settings hash, and no two of them share a result.
    /// </summary>
    public static string Of(string model, string driver, string trainer) => $"{Odd().Replace(model, "-").Trim('-').ToLowerInvariant()}-driver{driver}-{trainer}";

    [GeneratedRegex("[^A-Za-z0-9.]+")]
    private static partial Regex Odd();
}
