namespace SmallBatch.Silo.Devices;

/// <summary>What is asked of NVML, the library of NVIDIA's driver. Its calls may block as long as the driver hangs.</summary>
internal interface INvml
{
    /// <summary>Opens the library. Null where the machine has none; throws <see cref="NvmlException"/> where it has one that fails.</summary>
    NvmlDriver? Open();

    /// <summary>
    /// Reads one GPU, or a partition of one, by the UUID that CUDA knows it by. Throws <see cref="NvmlException"/> where it does not
    /// answer; what a model has no counter for is no error.
    /// </summary>
    GpuReading Read(string uuid);

    /// <summary>Joules that a GPU used since the driver was loaded; null where it has no counter. Throws <see cref="NvmlException"/> where it does not answer.</summary>
    double? Joules(string uuid);
}
