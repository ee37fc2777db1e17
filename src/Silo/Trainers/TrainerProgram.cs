using System.Diagnostics;
using Microsoft.Extensions.Options;
using SmallBatch.Silo.Settings;

namespace SmallBatch.Silo.Trainers;

/// <summary>Where the trainer program lies, and how it is started.</summary>
internal sealed class TrainerProgram(IOptions<TrainerSettings> settings)
{
    private const string FileName = "SmallBatch.Training";

    /// <summary>The program: the one that is set, else the sibling folder <c>Training</c> of this program's own.</summary>
    public string Path { get; } = settings.Value.Program ?? Sibling();

    /// <summary>Starts it with these arguments, its three streams in our hands.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path, [.. arguments, "--instruction-set", settings.Value.InstructionSet])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        return Process.Start(start) ?? throw new InvalidOperationException($"{Path} could not be started.");
    }

    private static string Sibling()
    {
        // Builds and publishes lay programs side by side: …/Silo/release and …/Training/release.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return System.IO.Path.Combine(own.Parent!.Parent!.FullName, "Training", own.Name, OperatingSystem.IsWindows() ? $"{FileName}.exe" : FileName);
    }
}
