using System.ComponentModel.DataAnnotations;

namespace SmallBatch.Silo.Settings;

/// <summary>Section <c>Cluster</c>: which cluster this silo joins, and how it learns of the death of others.</summary>
public sealed class ClusterSettings
{
    /// <summary>Silos of one id form one cluster; clients must name it. Default <c>smallbatch</c>.</summary>
    [Required, RegularExpression("^[A-Za-z0-9-]{1,64}$", ErrorMessage = "Cluster:ClusterId: wanted 1 to 64 letters, digits and '-'.")]
    public string ClusterId { get; set; } = "smallbatch";

    /// <summary>Stored state belongs to it. Default <c>smallbatch</c>.</summary>
    [Required, RegularExpression("^[A-Za-z0-9-]{1,64}$", ErrorMessage = "Cluster:ServiceId: wanted 1 to 64 letters, digits and '-'.")]
    public string ServiceId { get; set; } = "smallbatch";

    /// <summary>First time-out of a probe; it adapts between half and <see cref="MaxProbeTimeout"/>. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "00:01:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest time-out of a probe: three of them missed are a death, so a frozen silo is dead after 18 s. Default 6 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan MaxProbeTimeout { get; set; } = TimeSpan.FromSeconds(6);
}
