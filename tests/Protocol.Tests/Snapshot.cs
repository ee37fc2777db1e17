using SmallBatch.Grains.Configurations;

namespace SmallBatch.Protocol.Tests;

/// <summary>What a store that rolls back returns to.</summary>
internal sealed record Snapshot(ConfigurationState[] Rows, int[] Tags, bool[] Results, int[] WrittenAt, string[] Blobs, LeaseStore Leases, Sweep Sweep);
