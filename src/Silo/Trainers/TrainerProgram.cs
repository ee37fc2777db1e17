using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using SmallBatch.Silo.Settings;
using SmallBatch.Training.Processes;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Silo.Trainers;

/// <summary>Where the trainer program lies, and how it is started.</summary>
internal sealed class TrainerProgram(IOptions<TrainerSettings> settings)
{
    private const string FileName = "SmallBatch.Training";

    /// <summary>The program: the one that is set, else the sibling folder <c>Training</c> of this program's own.</summary>
    public string Path { get; } = settings.Value.Program ?? Sibling();

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

    /// <summary>Asks it something that takes no input: its one answer, or null where it had none; its exit code; its log. Cancelled, it is killed.</summary>
    public async Task<(TrainerNotice? Answer, int ExitCode, string Log)> AskAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Start(arguments);
        try
        {
            process.StandardInput.Close();
            var log = process.StandardError.ReadToEndAsync(cancellationToken);
            var line = await process.StandardOutput.ReadLineAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (line is null ? null : TrainerProtocol.ReadNotice(line), process.ExitCode, await log);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>Starts it with these arguments, its three streams in our hands.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path, [.. arguments, "--instruction-set", settings.Value.InstructionSet, "--parent", $"{Environment.ProcessId}", .. LibTorch])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        return ChildProcess.Start(start);
    }

    private string[] LibTorch => settings.Value.LibTorch is { Length: > 0 } folder ? ["--libtorch", folder] : [];

    private static string Sibling()
    {
        // Builds and publishes lay programs side by side: …/Silo/release and …/Training/release.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return System.IO.Path.Combine(own.Parent!.Parent!.FullName, "Training", own.Name, OperatingSystem.IsWindows() ? $"{FileName}.exe" : FileName);
    }
}
