using System.Security.Cryptography;
using System.Text.Json;
using SmallBatch.Specs.Settings;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Silo.Simulation;

/// <summary>What a simulated training stores to be resumed from: how far it was, and what it belongs to.</summary>
internal sealed record SimulatedCheckpoint(string Format, string SettingsHash, string Stage, int Replicas, long Step)
{
    private const string Known = "smallbatch-simulated-checkpoint-1";

    /// <summary>One of these settings.</summary>
    public static SimulatedCheckpoint Of(string settingsHash, string stage, int replicas, long step) => new(Known, settingsHash, stage, replicas, step);

    /// <summary>Writes it beside, flushes it, then gives it its name.</summary>
    public CheckpointWritten Write(string job, string folder)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(this);
        var path = Path.Combine(folder, $"{Stage}-{SettingsHash[..12]}-{Step:D12}.simulated");
        using (var stream = new FileStream(path + ".partial", FileMode.Create, FileAccess.Write))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }

        File.Move(path + ".partial", path, overwrite: true);
        return new(job, path, Step, Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length);
    }

    /// <summary>The step of the first of a job's checkpoints that is whole and belongs to it, a shorter budget's the last; 0 for none. Each other one with the reason.</summary>
    public static (long Step, IReadOnlyList<string> Skipped) Resume(TrainingJob job, TrainingSettings settings)
    {
        var skipped = new List<string>();
        foreach (var path in job.Checkpoints)
        {
            if (Read(path, SettingsText.Hash(settings), job, settings.Updates, skipped) is { } step)
            {
                return (step, skipped);
            }
        }

        if (job.Shorter is { } shorter)
        {
            var of = SettingsText.Read(shorter.SettingsText);
            return (Read(shorter.Path, SettingsText.Hash(of), job, SharedUpdates.Resumable(of, settings), skipped) ?? 0, skipped);
        }

        return (0, skipped);
    }

    private static long? Read(string path, string settingsHash, TrainingJob job, long most, List<string> skipped)
    {
        try
        {
            var found = JsonSerializer.Deserialize<SimulatedCheckpoint>(File.ReadAllBytes(path));
            if (found == Of(settingsHash, job.Stage, job.Replicas, found?.Step ?? 0) && found.Step <= most)
            {
                return found.Step;
            }

            skipped.Add($"{Path.GetFileName(path)}: found {found}, wanted one of {job.Replicas} replicas of {settingsHash}, {job.Stage}, of update {most} or before");
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            skipped.Add($"{Path.GetFileName(path)}: {failure.Message}");
        }

        return null;
    }
}
