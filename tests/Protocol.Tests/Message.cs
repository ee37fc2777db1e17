using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.Configurations;

namespace SmallBatch.Protocol.Tests;

/// <summary>A message or a late call on its way.</summary>
internal abstract record Message(int Cell, LeaseToken? Token)
{
    public sealed record Offer(int Cell, Lease Lease) : Message(Cell, Lease.Token);

    public sealed record LeaseLost(int Cell, Lease Lease) : Message(Cell, Lease.Token);

    public sealed record Stop(int Cell, Lease Lease) : Message(Cell, Lease.Token);

    public sealed record Request(int Cell, LeaseRequest Body) : Message(Cell, Body.Token);

    public sealed record Started(int Cell, Lease Lease, long Number) : Message(Cell, Lease.Token);

    public sealed record Refused(int Cell, Lease Lease, long Number) : Message(Cell, Lease.Token);

    public sealed record Release(int Cell, Lease Lease) : Message(Cell, Lease.Token);

    public sealed record Start(int Cell, StartOrder Order) : Message(Cell, Order.Lease.Token);

    public sealed record Checkpoint(int Cell, CheckpointReport Report) : Message(Cell, Report.Token);

    public sealed record Ended(int Cell, AttemptReport Report) : Message(Cell, Report.Token);

    /// <summary>A write of the configuration's row.</summary>
    public sealed record Row(int Cell, ConfigurationState State, int Tag, int NewTag) : Message(Cell, State.Token);

    public sealed record Record(int Cell, LeaseToken Under) : Message(Cell, Under);
}
