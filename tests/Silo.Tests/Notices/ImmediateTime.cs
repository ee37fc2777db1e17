using System.Collections.Concurrent;

namespace SmallBatch.Silo.Tests.Notices;

/// <summary>A clock on which every wait is over at once, and the time later by it.</summary>
internal sealed class ImmediateTime : TimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> waits = [];
    private DateTimeOffset now = DateTimeOffset.UnixEpoch;

    public IReadOnlyList<TimeSpan> Waits => [.. waits];

    public override DateTimeOffset GetUtcNow() => now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero)
        {
            waits.Enqueue(dueTime);
            now += dueTime;
        }

        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
