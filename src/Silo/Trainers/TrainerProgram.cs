using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using SmallBatch.Silo.Settings;
using SmallBatch.Training.Processes;

namespace SmallBatch.Silo.Trainers;

/// <summary>Where the trainer program lies, and how it is started.</summary>
internal sealed class TrainerProgram(IOptions<TrainerSettings> settings) : ITrainerProgram
{
    private const string FileName = "SmallBatch.Training";

    /// <summary>The program: the one that is set, else the sibling folder <c>Training</c> of this program's own.</summary>
    public string Path { get; } = settings.Value.Program ?? Sibling();

    /// <inheritdoc/>
    public bool Exists => File.Exists(Path);

    /// <inheritdoc/>
    public string? Remark => null;

    /// <summary>SHA-256 of the program and of our libraries beside it, hex: changes with every build of the trainer.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var beside = Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!, "SmallBatch.*.dll");
        foreach (var file in beside.Order(StringComparer.Ordinal).Prepend(Path))
        {
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    public IRunningTrainer Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path, [.. arguments, "--instruction-set", settings.Value.InstructionSet, "--parent", $"{Environment.ProcessId}", .. LibTorch])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        return new ChildTrainer(ChildProcess.Start(start));
    }

    private string[] LibTorch => settings.Value.LibTorch is { Length: > 0 } folder ? ["--libtorch", folder] : [];

    private static string Sibling()
    {
        // Builds and publishes lay programs side by side: …/Silo/release and …/Training/release.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return System.IO.Path.Combine(own.Parent!.Parent!.FullName, "Training", own.Name, OperatingSystem.IsWindows() ? $"{FileName}.exe" : FileName);
    }
}
