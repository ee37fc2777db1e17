namespace SmallBatch.Silo.Settings;

/// <summary>Section <c>Dashboard</c>: the Orleans Dashboard, for operators who look into the silos themselves. The same on every silo, since its grain may be on any.</summary>
public sealed class DashboardSettings
{
    /// <summary>Whether it is there, at <c>/orleans</c>. Default false: it measures every grain call while somebody looks at it, and asks each silo every second for its counters always.</summary>
    public bool On { get; set; }
}
