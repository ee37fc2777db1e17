using System.Globalization;
using System.Security.Cryptography;

namespace SmallBatch.Training.Checkpoints;

/// <summary>What a checkpoint belongs to, and where in the run it was taken.</summary>
internal sealed record CheckpointIdentity(string SettingsHash, string Stage, int Replicas, long Step);

/// <summary>One checkpoint on disk.</summary>
internal static class CheckpointFile
{
    /// <summary>Raised when the content changes its meaning.</summary>
    public const string Format = "smallbatch-checkpoint-1";

    /// <summary>
    /// Writes it beside, flushes it to the disk, then gives it its name. Answers path, hash and length. Throws
    /// <see cref="IOException"/> where it cannot be written, a full disk above all; then nothing of it stays.
    /// </summary>
    public static (string Path, string Sha256, long Bytes) Write(string folder, CheckpointIdentity identity, IReadOnlyList<StoredTensor> tensors)
    {
        var bytes = Safetensors.Write(
            new Dictionary<string, string>
            {
                ["format"] = Format,
                ["settingsHash"] = identity.SettingsHash,
                ["stage"] = identity.Stage,
                ["replicas"] = identity.Replicas.ToString(CultureInfo.InvariantCulture),
                ["step"] = identity.Step.ToString(CultureInfo.InvariantCulture),
            },
            tensors);
        var path = Path.Combine(folder, $"{identity.Stage}-{identity.SettingsHash[..12]}-{identity.Step:D12}.safetensors");
        var beside = path + ".partial";
        using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            try
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }
            catch (IOException failure)
            {
                File.Delete(beside);
                throw new IOException($"{path}: found {failure.Message.TrimEnd('.')}, wanted room for a checkpoint of {bytes.Length} bytes; free some on that disk.", failure);
            }
        }

        File.Move(beside, path, overwrite: true);
        return (path, Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length);
    }

    /// <summary>Reads one that must belong to this run. Throws <see cref="InvalidDataException"/> saying why it does not.</summary>
    public static (long Step, IReadOnlyDictionary<string, StoredTensor> Tensors) Read(string path, string settingsHash, string stage, int replicas)
    {
        var (metadata, tensors) = Safetensors.Read(File.ReadAllBytes(path));
        foreach (var (key, wanted) in new[]
        {
            ("format", Format),
            ("settingsHash", settingsHash),
            ("stage", stage),
            ("replicas", replicas.ToString(CultureInfo.InvariantCulture)),
        })
        {
            if (metadata.GetValueOrDefault(key) != wanted)
            {
                throw new InvalidDataException($"its {key} is {metadata.GetValueOrDefault(key, "missing")}, wanted {wanted}");
            }
        }

        return (long.Parse(metadata["step"], CultureInfo.InvariantCulture), tensors);
    }
}
