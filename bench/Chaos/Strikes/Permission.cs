namespace SmallBatch.Bench.Chaos.Strikes;

/// <summary>What a machine may or may not permit.</summary>
internal enum Permission
{
    /// <summary>A network of namespaces.</summary>
    Network,

    /// <summary>A disk of its own for each silo.</summary>
    SmallDisk,

    /// <summary>A memory cgroup.</summary>
    MemoryLimit,
}
