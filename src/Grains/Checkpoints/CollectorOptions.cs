using System.ComponentModel.DataAnnotations;

namespace SmallBatch.Grains.Checkpoints;

/// <summary>What the collector of checkpoints nobody refers to spares, and how often it looks.</summary>
public sealed class CollectorOptions
{
    /// <summary>
    /// Blobs younger than this stay, and all of a configuration whose row changed within it, by the store's time: longer than
    /// any time that a store which is killed may lose. Default 1 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SpareFor { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a sweep that is over looks, until a fresh listing shows nothing to collect. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "01:00:00")]
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(15);
}
