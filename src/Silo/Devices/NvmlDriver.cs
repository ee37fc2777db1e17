namespace SmallBatch.Silo.Devices;

/// <summary>The driver.</summary>
/// <param name="Version">Its version, such as 570.124.06.</param>
/// <param name="Gpus">GPUs that it serves here, whether or not CUDA may see them.</param>
internal sealed record NvmlDriver(string Version, int Gpus);
