using System.Globalization;
using SmallBatch.Contracts.Releases;

namespace SmallBatch.Client.Cluster;

/// <summary>The cluster is of a release that this console does not understand.</summary>
internal sealed class OtherReleaseException(string message) : Exception(message);

/// <summary>Whether this console and a cluster understand each other.</summary>
internal static class ClusterRelease
{
    /// <summary>
    /// Asks the silo that the console is connected to. Answers a remark where its release is another that is understood, null where it is of the same
    /// format. Throws <see cref="OtherReleaseException"/> where it is not understood.
    /// </summary>
    public static async Task<string?> AskAsync(IGrainFactory grains, CancellationToken cancellationToken)
    {
        IReleaseGrain release;
        try
        {
            release = grains.GetGrain<IReleaseGrain>(0);
        }
        catch (ArgumentException)
        {
            // No silo has such a grain: they are of the releases that told no format.
            return Judge(new("0.1.0 or before", 0), ReleaseFormat.Current);
        }

        return Judge(await release.Describe().WaitAsync(cancellationToken), ReleaseFormat.Current);
    }

    /// <summary>Judges what a cluster says of itself against this console's own format; as <see cref="AskAsync"/>.</summary>
    public static string? Judge(ReleaseSnapshot cluster, int own)
    {
        if (cluster.Format == own)
        {
            return null;
        }

        var found = string.Create(CultureInfo.InvariantCulture, $"the cluster is of release {cluster.Version}, format {cluster.Format}");
        return Math.Abs(cluster.Format - own) <= ReleaseFormat.Reach
            ? string.Create(CultureInfo.InvariantCulture, $"Note: {found}, this console of format {own}; what only one of them knows does not work.")
            : throw new OtherReleaseException(string.Create(
                CultureInfo.InvariantCulture,
                $"The cluster: found that {found}, wanted format {Math.Max(0, own - ReleaseFormat.Reach)} to {own + ReleaseFormat.Reach}, which this console understands; use the console of the cluster's release."));
    }
}
