using System.ComponentModel.DataAnnotations;

namespace SmallBatch.Grains.GpuPool;

/// <summary>Times of the pool.</summary>
public sealed class GpuPoolOptions
{
    /// <summary>Name of the one device class that this version serves.</summary>
    public const string DefaultPool = "default";

    /// <summary>A host that is silent this long loses its leases; longer than membership's own verdict. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "01:00:00")]
    public TimeSpan SilentHostAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>An offer not acknowledged within this time is withdrawn. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan OfferTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often silent hosts, stale offers and a successor's epoch are looked for. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan TickPeriod { get; set; } = TimeSpan.FromSeconds(1);
}
