using SmallBatch.Bench.Chaos.Silos;

namespace SmallBatch.Bench.Chaos.History;

/// <summary>The events of a cluster that runs: every line is understood once, however often somebody looks.</summary>
internal sealed class HistoryFollower(ClusterProcesses cluster)
{
    private readonly List<HistoryEvent> events = [];
    private int read;

    /// <summary>Every event so far, those of one silo in their order.</summary>
    public IReadOnlyList<HistoryEvent> Events()
    {
        var lines = cluster.LogLines();
        events.AddRange(HistoryReader.Read(lines.Skip(read)));
        read = lines.Count;
        return events;
    }
}
