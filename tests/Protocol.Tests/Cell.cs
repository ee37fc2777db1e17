using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.Configurations;

namespace SmallBatch.Protocol.Tests;

/// <summary>A configuration: its row, its result row, its activations (the older first), and what a witness saw.</summary>
internal sealed record Cell(ConfigurationState Row, int Tag)
{
    /// <summary>Whether its outcome is stored.</summary>
    public bool Result { get; init; }

    /// <summary>The minute in which its row was written last.</summary>
    public int WrittenAt { get; init; }

    /// <summary>The store lost blobs: step of the checkpoint that it must have kept; null where it lost none since the last checkpoint that is there.</summary>
    public long? Lost { get; init; }

    /// <summary>Leases whose attempts ended, as its row says, and of which the aggregator has not heard.</summary>
    public LeaseToken[] Unheard { get; init; } = [];

    public Activation[] Activations { get; init; } = [];

    /// <summary>The highest token whose word was taken and stored.</summary>
    public LeaseToken? Heard { get; init; }
}
