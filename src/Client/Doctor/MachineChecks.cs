using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using SmallBatch.Client.Azurite;
using SmallBatch.Client.Running;
using SmallBatch.Client.Views;
using SmallBatch.Training.Processes;

namespace SmallBatch.Client.Doctor;

/// <summary>What <c>smallbatch run</c> and <c>smallbatch silo</c> need of this machine.</summary>
/// <param name="stateFolder">The folder of the local cluster.</param>
/// <param name="isUp">Whether a cluster answers here, so that its ports are rightly in use.</param>
internal sealed class MachineChecks(string stateFolder, bool isUp)
{
    /// <summary>Checkpoints and datasets of a first sweep, with room to spare.</summary>
    private const long EnoughDisk = 2L << 30;

    /// <summary>A silo, Azurite and a trainer with libtorch, each some 300 MB, and images.</summary>
    private const long EnoughMemory = 2L << 30;

    /// <summary>Loading libtorch for CUDA from a slow disk takes a minute.</summary>
    private static readonly TimeSpan TrainerLimit = TimeSpan.FromMinutes(2);

    private static readonly (string What, int Port)[] DefaultPorts = [("silos", 11111), ("consoles", 30000), ("health", 8080)];

    /// <summary>Every check of this machine.</summary>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var devices = await TrainerAsync(cancellationToken);
        return [Runtime(), Store(), Silo(), devices.Finding, Gpu(devices.Ids), Memory(), Folder(), Ports()];
    }

    /// <summary>The trainer that a silo started here would run: the one its setting names, else the one in the folder beside the silo's.</summary>
    private static string Trainer
    {
        get
        {
            if (Environment.GetEnvironmentVariable("SMALLBATCH_Trainer__Program") is { Length: > 0 } set)
            {
                return set;
            }

            var silo = new FileInfo(SiloProcess.Program).Directory!;
            return Path.Combine(silo.Parent!.Parent!.FullName, "Training", silo.Name, OperatingSystem.IsWindows() ? "SmallBatch.Training.exe" : "SmallBatch.Training");
        }
    }

    private static Finding Runtime() => new("runtime", Verdict.Ok, string.Create(CultureInfo.InvariantCulture, $".NET {Environment.Version}, {Environment.ProcessorCount} cores"));

    private static Finding Store()
    {
        try
        {
            return new("store", Verdict.Ok, $"Azurite at {AzuriteLocation.Find().Script}");
        }
        catch (SetupException missing)
        {
            return new("store", Verdict.Problem, missing.Message, "Run eng/setup.sh; or name an Azure Storage account by SMALLBATCH_Storage__ConnectionString for 'smallbatch silo', which needs no Azurite.");
        }
    }

    private static Finding Silo() => File.Exists(SiloProcess.Program)
        ? new("silo", Verdict.Ok, SiloProcess.Program)
        : new("silo", Verdict.Problem, $"no {SiloProcess.Program}", "Build it: dotnet build -c Release src/Silo; or name it by SMALLBATCH_SILO.");

    private static async Task<(Finding Finding, IReadOnlyList<string> Ids)> TrainerAsync(CancellationToken cancellationToken)
    {
        const string Repair = "Build it: dotnet build -c Release src/Silo; 'SmallBatch.Training devices' says more.";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TrainerLimit);
        try
        {
            using var process = ChildProcess.Start(new(Trainer, ["devices", "--parent", $"{Environment.ProcessId}"]) { RedirectStandardOutput = true, RedirectStandardError = true });
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode != 0)
            {
                return (new("trainer", Verdict.Problem, $"{Trainer} ended with exit code {process.ExitCode}: {Last(await errors)}", Repair), []);
            }

            var devices = JsonDocument.Parse(output).RootElement.GetProperty("devices").EnumerateArray().ToList();
            return (
                new("trainer", Verdict.Ok, $"libtorch loads; devices: {string.Join(", ", devices.Select(d => $"{Text(d, "id")} ({Text(d, "name")}, {Text(d, "numericsClass")})"))}"),
                [.. devices.Select(d => Text(d, "id"))]);
        }
        catch (Win32Exception)
        {
            return (new("trainer", Verdict.Problem, $"no {Trainer}", Repair), []);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (new("trainer", Verdict.Problem, $"{Trainer} devices had not answered after {TrainerLimit.TotalMinutes} minutes", Repair), []);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException)
        {
            return (new("trainer", Verdict.Problem, $"{Trainer} devices answered what is no list of devices", Repair), []);
        }

        static string Text(JsonElement device, string name) => device.GetProperty(name).GetString() ?? "-";

        static string Last(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "nothing was printed";
    }

    /// <summary>Whether the trainer sees the GPUs that the driver sees.</summary>
    private static Finding Gpu(IReadOnlyList<string> devices)
    {
        var there = Directory.Exists("/proc/driver/nvidia/gpus") ? Directory.GetDirectories("/proc/driver/nvidia/gpus").Length : 0;
        var seen = devices.Count(d => d.StartsWith("cuda", StringComparison.Ordinal));
        return (there, seen) switch
        {
            (0, 0) => new("gpu", Verdict.Note, "no NVIDIA driver: trainers compute on the CPU"),
            ( > 0, 0) => new("gpu", Verdict.Problem, $"{there} GPUs by the driver, none by the trainer", "Build with -p:Torch=cuda, or name a libtorch for CUDA by SMALLBATCH_LIBTORCH; see CUDA in docs/operations.md."),
            _ => new("gpu", Verdict.Ok, $"{seen} of the trainer's devices are GPUs"),
        };
    }

    private static Finding Memory()
    {
        var total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return total >= EnoughMemory
            ? new("memory", Verdict.Ok, $"{Format.Gibibytes(total)} GiB")
            : new("memory", Verdict.Problem, $"{Format.Gibibytes(total)} GiB", $"Silo, Azurite and a trainer take {Format.Gibibytes(EnoughMemory)} GiB together: give the machine or its container more.");
    }

    private Finding Folder()
    {
        var path = Path.GetFullPath(stateFolder);
        var existing = path;
        while (!Path.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing)!;
        }

        if (File.Exists(existing))
        {
            return new("state", Verdict.Problem, $"{existing} is a file, wanted a folder", "Name another folder by --state DIR.");
        }

        try
        {
            using (new FileStream(Path.Combine(existing, $".smallbatch-doctor-{Environment.ProcessId}"), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose }))
            {
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new("state", Verdict.Problem, $"{path} cannot be written: {failure.Message}", "Name another folder by --state DIR.");
        }

        var free = new DriveInfo(existing).AvailableFreeSpace;
        return free >= EnoughDisk
            ? new("state", Verdict.Ok, $"{path}, {Format.Gibibytes(free)} GiB free")
            : new("state", Verdict.Problem, $"{path}, {Format.Gibibytes(free)} GiB free", $"Checkpoints need room: free {Format.Gibibytes(EnoughDisk)} GiB there, or name a folder on another disk by --state DIR.");
    }

    private Finding Ports()
    {
        var taken = DefaultPorts.Where(p => !FreePorts.IsFree(p.Port)).ToList();
        return (taken.Count, isUp) switch
        {
            (0, _) => new("ports", Verdict.Ok, $"{string.Join(", ", DefaultPorts.Select(p => p.Port))} are free"),
            (_, true) => new("ports", Verdict.Ok, $"{string.Join(", ", taken.Select(p => p.Port))} in use while a cluster runs here"),
            _ => new("ports", Verdict.Note, $"in use: {string.Join(", ", taken.Select(p => $"{p.Port} (for {p.What})"))}", "'smallbatch run' takes other ports by itself; for 'smallbatch silo' name others by --silo-port, --gateway-port and --http-port."),
        };
    }
}
