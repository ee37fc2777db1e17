using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using SmallBatch.Silo.Settings;
using SmallBatch.Silo.Trainers;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Silo.Tests.Devices;

/// <summary>
/// A trainer program that answers what it is told to, and writes down what it was asked. Its tests run one after another: a script
/// that is open for writing while another test starts a process cannot be executed.
/// </summary>
internal sealed class ScriptedTrainer : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("smallbatch-trainer-").FullName;

    public ScriptedTrainer(params TrainerDevice[] devices) => Write([.. devices], "");

    public TrainerSettings Settings { get; } = new() { CpuSlots = 2, SilenceLimit = TimeSpan.FromSeconds(60) };

    public IOptions<TrainerSettings> Options => Microsoft.Extensions.Options.Options.Create(Settings);

    public TrainerProgram Program => new(Options);

    public static TrainerDevice Cpu { get; } = new("cpu", "one core", "cpu-avx2-t1-torch2.10.0-n2", null);

    public static TrainerDevice Gpu(int number) => new($"cuda:{number}", "NVIDIA H200", "torch2.10.0-cuda12.8-n2", $"uuid-{number}");

    /// <summary>The command lines of every start.</summary>
    public string[] Asked => File.Exists(Path.Combine(folder, "asked")) ? File.ReadAllLines(Path.Combine(folder, "asked")) : [];

    [ModuleInitializer]
    internal static void ForgetBetweenRuns() =>
        Environment.SetEnvironmentVariable("XDG_CACHE_HOME", Directory.CreateTempSubdirectory("smallbatch-cache-").FullName);

    /// <summary>From now on it answers so.</summary>
    public void Write(TrainerDevice[] devices, string verify, string serve = "")
    {
        Settings.Program = Path.Combine(folder, "trainer.sh");
        File.Copy("/bin/true", Settings.Program, overwrite: true); // for its mode: it may be executed
        File.WriteAllText(Settings.Program, $"""
            #!/bin/sh
            echo "$@" >> '{folder}/asked'
            case "$1" in
            devices) cat <<'ANSWER'
            {TrainerProtocol.Write(new TrainerReady(TrainerProtocol.Version, devices))}
            ANSWER
            ;;
            verify) {verify} ;;
            serve) {serve} ;;
            esac

            """);
    }

    /// <summary>Its byte test ends with these differences.</summary>
    public static string Verified(params string[] differences) =>
        $"cat <<'ANSWER'\n{TrainerProtocol.Write(new DeviceVerified("cpu", differences, 1))}\nANSWER\n";

    /// <summary>The first word of a trainer that serves.</summary>
    public static string Ready => $"cat <<'ANSWER'\n{TrainerProtocol.Write(new TrainerReady(TrainerProtocol.Version, []))}\nANSWER\n";

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
