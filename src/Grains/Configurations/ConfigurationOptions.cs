using System.ComponentModel.DataAnnotations;

namespace SmallBatch.Grains.Configurations;

/// <summary>Times of a configuration.</summary>
public sealed class ConfigurationOptions
{
    /// <summary>How often it asks the pool how it stands, waiting or training: the pool may forget a request at any time. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "00:10:00")]
    public TimeSpan AskPeriod { get; set; } = TimeSpan.FromSeconds(10);
}
