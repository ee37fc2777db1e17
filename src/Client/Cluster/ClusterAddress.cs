using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SmallBatch.Client.Cluster;

/// <summary>How a cluster is reached.</summary>
/// <param name="Gateway">Host and port of a silo's gateway.</param>
/// <param name="ClusterId">The cluster's id; a gateway refuses another.</param>
/// <param name="ServiceId">The service's id.</param>
/// <param name="TlsFolder">Folder with this console's certificate and the authorities that it believes; null for a cluster without TLS.</param>
internal sealed record ClusterAddress(string Gateway, string ClusterId, string ServiceId, string? TlsFolder = null)
{
    /// <summary>Where a silo started without settings listens.</summary>
    public static ClusterAddress Default { get; } = new("127.0.0.1:30000", "smallbatch", "smallbatch");

    /// <summary>The gateway's host.</summary>
    [JsonIgnore]
    public string Host => Gateway[..Gateway.LastIndexOf(':')];

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

    /// <summary>Whether a text is HOST:PORT.</summary>
    public static bool IsGateway(string text) => text.LastIndexOf(':') is > 0 and var colon && ushort.TryParse(text.AsSpan(colon + 1), out var port) && port > 0;

    /// <summary>The gateway's end points, one an address of its host; none where the host is not known.</summary>
    public async Task<IPEndPoint[]> ResolveAsync(CancellationToken cancellationToken)
    {
        var port = ushort.Parse(Gateway.AsSpan(Gateway.LastIndexOf(':') + 1), CultureInfo.InvariantCulture);
        try
        {
            return [.. (await Dns.GetHostAddressesAsync(Host, cancellationToken)).Select(a => new IPEndPoint(a, port))];
        }
        catch (System.Net.Sockets.SocketException)
        {
            return [];
        }
    }
}
