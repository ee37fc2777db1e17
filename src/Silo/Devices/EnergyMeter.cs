namespace SmallBatch.Silo.Devices;

/// <summary>Measures what a GPU uses between two moments. The driver is asked on a thread of its own and for a while only, since it may hang.</summary>
internal sealed class EnergyMeter(INvml nvml, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Begins to measure. What it answers ends that: joules, or null where either reading failed or the driver was loaded anew in between.</summary>
    /// <param name="uuid">As CUDA knows it; null for a device that the driver knows nothing of.</param>
    public Func<Task<double?>> Begin(string? uuid)
    {
        var before = ReadAsync(uuid);
        return async () =>
        {
            var after = ReadAsync(uuid);
            return await after - await before is { } joules and >= 0 ? joules : null;
        };
    }

    private async Task<double?> ReadAsync(string? uuid)
    {
        if (uuid is null)
        {
            return null;
        }

        try
        {
            return await Task.Factory.StartNew(() => nvml.Joules(uuid), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(Patience, time);
        }
        catch (Exception failure) when (failure is NvmlException or TimeoutException)
        {
            // A figure less; that the GPU does not answer is the device watch's to say.
            return null;
        }
    }
}
