namespace SmallBatch.Silo.Devices;

/// <summary>What the driver says of one GPU at one moment.</summary>
/// <param name="Name">Model name.</param>
/// <param name="TotalBytes">Its memory.</param>
/// <param name="UsedBytes">Of it in use, by whomever.</param>
/// <param name="UncorrectedErrors">Memory errors since the driver was loaded that ECC could not correct; null where it does not count them.</param>
/// <param name="RepairPending">Whether rows or pages wait for a reset of the GPU to be taken out of use.</param>
/// <param name="RepairFailed">Whether rows could not be replaced: none are spare.</param>
/// <param name="Processes">What computes on it.</param>
internal sealed record GpuReading(
    string Name,
    long TotalBytes,
    long UsedBytes,
    long? UncorrectedErrors,
    bool RepairPending,
    bool RepairFailed,
    IReadOnlyList<GpuProcess> Processes);

/// <summary>A process that computes on a GPU.</summary>
/// <param name="ProcessId">As the driver numbers it: in a container's own process namespace that is not our number.</param>
/// <param name="Bytes">Of the GPU's memory; null where the driver does not say.</param>
internal sealed record GpuProcess(int ProcessId, long? Bytes);
