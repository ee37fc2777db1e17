using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuPool;

/// <summary>A request that waits, with its arrival's number.</summary>
internal sealed record WaitingRequest(LeaseRequest Request, long Arrival);

/// <summary>
/// Which waiting request is next, purely: priority, then the sweep with fewest leases, then the sweep's own order, then
/// arrival.
/// </summary>
internal static class GrantPolicy
{
    /// <summary>A configuration's <see cref="LeaseRequest.Order"/> within its sweep: longest first, so that the last to start is a short one.</summary>
    public static int LongestFirst(double predictedSeconds) => (int)Math.Clamp(-predictedSeconds * 10, int.MinValue + 1, 0);

    /// <summary>The waiting requests in the order in which slots of their class would be granted, <paramref name="running"/> leases a sweep running already.</summary>
    public static IReadOnlyList<WaitingRequest> Order(IEnumerable<WaitingRequest> waiting, IReadOnlyDictionary<string, int> running)
    {
        var ordered = new List<WaitingRequest>();
        foreach (var level in waiting.GroupBy(w => w.Request.Priority).OrderByDescending(g => g.Key))
        {
            var sweeps = level
                .GroupBy(w => w.Request.SweepId, StringComparer.Ordinal)
                .Select(g => new SweepQueue(
                    g.Key,
                    running.GetValueOrDefault(g.Key),
                    new Queue<WaitingRequest>(g.OrderBy(w => w.Request.Order).ThenBy(w => w.Arrival))))
                .ToList();
            var turns = new PriorityQueue<SweepQueue, (int, long)>(sweeps.Select(s => (s, (s.Running, s.Waiting.Peek().Arrival))));
            while (turns.TryDequeue(out var sweep, out _))
            {
                ordered.Add(sweep.Waiting.Dequeue());
                sweep.Running++;
                if (sweep.Waiting.TryPeek(out var next))
                {
                    turns.Enqueue(sweep, (sweep.Running, next.Arrival));
                }
            }
        }

        return ordered;
    }

    private sealed class SweepQueue(string sweepId, int running, Queue<WaitingRequest> waiting)
    {
        public string SweepId { get; } = sweepId;

        public int Running { get; set; } = running;

        public Queue<WaitingRequest> Waiting { get; } = waiting;
    }
}
