using System.Globalization;
using System.Text.RegularExpressions;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.Checkpoints;

/// <summary>What a checkpoint's blob is called: <c>{configuration}/{token}-{step}.safetensors</c>.</summary>
/// <param name="ConfigurationKey">Whose it is.</param>
/// <param name="Token">The lease under which it was written.</param>
/// <param name="Step">Updates done.</param>
public sealed partial record CheckpointName(string ConfigurationKey, LeaseToken Token, long Step)
{
    /// <summary>The name.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ConfigurationKey}/{Token}-{Step:D12}.safetensors");

    /// <summary>Reads a name; null where it is no checkpoint's.</summary>
    public static CheckpointName? Parse(string text)
    {
        var match = Form().Match(text);
        return match.Success
            && long.TryParse(match.Groups[2].Value, CultureInfo.InvariantCulture, out var epoch)
            && long.TryParse(match.Groups[3].Value, CultureInfo.InvariantCulture, out var sequence)
            && long.TryParse(match.Groups[5].Value, CultureInfo.InvariantCulture, out var step)
            ? new(match.Groups[1].Value, new(epoch, sequence, Guid.ParseExact(match.Groups[4].Value, "N")), step)
            : null;
    }

    [GeneratedRegex(@"^([^/]+)/([0-9]{10,19})-([0-9]{10,19})-([0-9a-f]{32})-([0-9]{12,19})\.safetensors$")]
    private static partial Regex Form();
}
