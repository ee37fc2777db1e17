using System.ComponentModel.DataAnnotations;
using System.Net;

namespace SmallBatch.Silo.Settings;

/// <summary>Section <c>Endpoints</c>: where this silo listens.</summary>
public sealed class EndpointSettings : IValidatableObject
{
    /// <summary>Address that other silos and clients reach it at. Default 127.0.0.1.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Whether that address is the machine's own, so that nobody else reaches it.</summary>
    internal bool IsLocal => IPAddress.TryParse(Address, out var address) && IPAddress.IsLoopback(address);

    /// <summary>Port for other silos. Default 11111.</summary>
    [Range(1, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>Port for clients. Default 30000.</summary>
    [Range(1, 65535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary>Port for health, metrics, the page and the API. Default 8080.</summary>
    [Range(1, 65535)]
    public int HttpPort { get; set; } = 8080;

    /// <summary>Name for people. Default the machine's.</summary>
    public string SiloName { get; set; } = Environment.MachineName;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IPAddress.TryParse(Address, out _))
        {
            yield return new ValidationResult($"Endpoints:Address: found {Address}, wanted an IP address.");
        }

        if (new[] { SiloPort, GatewayPort, HttpPort }.Distinct().Count() < 3)
        {
            yield return new ValidationResult($"Endpoints: found ports {SiloPort}, {GatewayPort} and {HttpPort}, wanted three different ones.");
        }
    }
}
