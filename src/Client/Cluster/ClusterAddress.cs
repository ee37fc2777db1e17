using System.Net;
using System.Text.Json;

namespace SmallBatch.Client.Cluster;

/// <summary>How a cluster is reached.</summary>
/// <param name="Gateway">Host and port of a silo's gateway.</param>
/// <param name="ClusterId">The cluster's id; a gateway refuses another.</param>
/// <param name="ServiceId">The service's id.</param>
internal sealed record ClusterAddress(string Gateway, string ClusterId, string ServiceId)
{
    /// <summary>Where a silo started without settings listens.</summary>
    public static ClusterAddress Default { get; } = new("127.0.0.1:30000", "smallbatch", "smallbatch");

    /// <summary>Reads the file that a running <c>smallbatch run</c> or <c>smallbatch silo</c> leaves in its state folder; null where there is none.</summary>
    public static ClusterAddress? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<ClusterAddress>(File.ReadAllText(file));
        }
        catch (Exception failure) when (failure is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The gateway's end point, or null where it is none.</summary>
    public async Task<IPEndPoint?> ResolveAsync(CancellationToken cancellationToken)
    {
        var colon = Gateway.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(Gateway.AsSpan(colon + 1), out var port))
        {
            return null;
        }

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(Gateway[..colon], cancellationToken);
            return addresses.Length > 0 ? new(addresses[0], port) : null;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return null;
        }
    }
}
