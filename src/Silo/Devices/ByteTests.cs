using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Silo.Settings;
using SmallBatch.Silo.Trainers;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Silo.Devices;

/// <summary>
/// Has the trainer show, once for each numerics class on offer, that equal trainings end with equal bytes there. What has
/// passed is remembered in the user's cache folder, by class, trainer and libtorch.
/// </summary>
internal sealed partial class ByteTests(ITrainerProgram program, IOptions<TrainerSettings> settings, ILogger<ByteTests> logger)
{
    /// <summary>The devices; those of a class that did not pass are out of service with the reason.</summary>
    /// <param name="devices">What would be offered.</param>
    /// <param name="waiting">Hears what is waited for.</param>
    /// <param name="cancellationToken">Ends the test that runs.</param>
    public async Task<Device[]> JudgeAsync(IReadOnlyList<Device> devices, Action<string> waiting, CancellationToken cancellationToken)
    {
        var judged = devices.ToArray();
        foreach (var group in devices.Where(d => d.OutOfService is null).GroupBy(d => d.NumericsClass, StringComparer.Ordinal))
        {
            waiting($"the byte test of numerics class {group.Key} runs on {group.First().Id}");
            if (await FaultAsync(group.First().Id, group.Key, cancellationToken) is { } fault)
            {
                Failed(group.Key, fault);
                judged = [.. judged.Select(d => d.OutOfService is null && d.NumericsClass == group.Key ? d with { OutOfService = fault } : d)];
            }
        }

        return judged;
    }

    private async Task<string?> FaultAsync(string device, string numericsClass, CancellationToken cancellationToken)
    {
        var memory = Path.Combine(UserCache.Folder, "byte-tests", $"{Key(numericsClass)}.txt");
        if (File.Exists(memory))
        {
            return null;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(settings.Value.SilenceLimit);
        try
        {
            var (answer, exitCode, log) = await program.AskAsync(["verify", "--device", device, "--nice", $"{settings.Value.Niceness}"], limit.Token);
            switch (answer)
            {
                case DeviceVerified { Differences: [] } verified:
                    Passed(numericsClass, device, verified.Seconds);
                    Remember(memory, numericsClass);
                    return null;
                case DeviceVerified verified:
                    return $"its byte test failed: {string.Join("; ", verified.Differences)}";
                default:
                    return $"its byte test ended with exit code {exitCode} and no answer; its log ends: {log.TrimEnd().Split('\n')[^1]}";
            }
        }
        catch (JsonException failure)
        {
            return $"its byte test gave an answer that is none: {failure.Message}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"its byte test had no answer within {settings.Value.SilenceLimit.TotalSeconds:F0} s";
        }
    }

    private string Key(string numericsClass) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{numericsClass}\n{program.Fingerprint()}\n{settings.Value.LibTorch}")))[..32];

    private void Remember(string path, string numericsClass)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var temporary = $"{path}.{Environment.ProcessId}";
            File.WriteAllText(temporary, $"{numericsClass}\n");
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            NotRemembered(failure.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Byte test of {NumericsClass} passed on {Device} in {Seconds:F1} s")]
    private partial void Passed(string numericsClass, string device, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Numerics class {NumericsClass} is out of service: {Fault}")]
    private partial void Failed(string numericsClass, string fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "That the byte test passed is not remembered, so the next start runs it again: {Failure}")]
    private partial void NotRemembered(string failure);
}
