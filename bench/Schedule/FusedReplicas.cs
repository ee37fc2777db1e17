using System.Globalization;

namespace SmallBatch.Bench.Schedule;

/// <summary>A panel's cells with their replicas in one trainer each, against one process for each replica.</summary>
internal static class FusedReplicas
{
    private const string Panel = "fig02";

    /// <summary>Prints the table.</summary>
    public static IEnumerable<Target> Print()
    {
        Console.WriteLine($"{Panel}: m × η̃ × replicas in hours, each cell's replicas in one trainer that shares their steps, and each replica a process of its own; both by our policy, by the cost law.");
        Console.WriteLine($"{"",-38}{string.Concat(OnePanel.Devices.Select(d => $"{d,10}"))}");
        var (fused, apart) = (Traces.Panel(Panel), Traces.PanelOfReplicas(Panel));
        var rows = OnePanel.Devices.Select(d => (Fused: OnePanel.Makespan(fused, d) / 3600, Apart: OnePanel.Makespan(apart, d) / 3600)).ToList();
        Line($"{fused.Count} trainers", rows.Select(r => r.Fused));
        Line($"{apart.Count} processes", rows.Select(r => r.Apart));
        Line("fused over apart", rows.Select(r => r.Fused / r.Apart));
        Console.WriteLine();
        return [new("fused-over-one-process-a-replica", rows.Max(r => r.Fused / r.Apart), 1)];
    }

    private static void Line(string what, IEnumerable<double> values) =>
        Console.WriteLine($"{what,-38}{string.Concat(values.Select(v => string.Create(CultureInfo.InvariantCulture, $"{v,10:F3}")))}");
}
