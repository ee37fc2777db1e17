using System.Collections.Concurrent;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Silo.Devices;

/// <summary>
/// Keeps an eye on the GPUs. The driver is asked on a thread of its own, since it may hang: a heartbeat takes what is known and
/// never waits. A GPU once at fault stays out of service until the silo is started anew.
/// </summary>
internal sealed partial class DeviceWatch(INvml nvml, TimeProvider time, ILogger<DeviceWatch> logger)
{
    /// <summary>A driver that has not answered for so long hangs, and so does whatever computes there.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, Seen> gpus = new(StringComparer.Ordinal);
    private long readingSince;

    /// <summary>The reading under way, or the last one.</summary>
    public Task Reading { get; private set; } = Task.CompletedTask;

    /// <summary>The devices with what is known of them by now, and sees to it that more will be. One caller at a time.</summary>
    /// <param name="devices">As they were offered.</param>
    /// <param name="trainers">Process ids of this host's trainers.</param>
    public Device[] Look(IReadOnlyList<Device> devices, IReadOnlySet<int> trainers)
    {
        var watched = devices.Where(d => d is { Uuid: not null, OutOfService: null }).Select(d => d.Uuid!).ToList();
        if (watched.Count > 0 && Reading.IsCompleted)
        {
            readingSince = time.GetTimestamp();
            Reading = Task.Factory.StartNew(() => watched.ForEach(Read), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        var silence = Reading.IsCompleted ? TimeSpan.Zero : time.GetElapsedTime(readingSince);
        return [.. devices.Select(d => d.Uuid is { } uuid && watched.Contains(uuid) ? With(d, gpus.GetValueOrDefault(uuid), silence, trainers) : d)];
    }

    private static Device With(Device device, Seen? seen, TimeSpan silence, IReadOnlySet<int> trainers) => device with
    {
        OutOfService = seen?.Fault ?? (silence >= Patience ? $"the driver has not answered for {silence.TotalSeconds:F0} s" : null),
        Memory = seen?.Last is { } last
            ? new(last.TotalBytes, last.UsedBytes, [.. last.Processes.Where(p => !trainers.Contains(p.ProcessId)).Select(p => new DeviceProcess(p.ProcessId, p.Bytes))])
            : null,
    };

    private void Read(string uuid)
    {
        var before = gpus.GetValueOrDefault(uuid);
        Seen now;
        try
        {
            var reading = nvml.Read(uuid);
            var first = before?.First ?? reading;
            now = new(first, reading, before?.Fault ?? GpuHealth.Fault(first, reading));
        }
        catch (NvmlException failure)
        {
            now = new(before?.First, before?.Last, before?.Fault ?? GpuHealth.Fault(failure));
            NotRead(uuid, failure.Message);
        }

        if (now.Fault is not null && before?.Fault is null)
        {
            OutOfService(uuid, now.Fault);
        }

        gpus[uuid] = now;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "GPU {Uuid} could not be read: {Failure}")]
    private partial void NotRead(string uuid, string failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "GPU {Uuid} is out of service: {Fault}")]
    private partial void OutOfService(string uuid, string fault);

    private sealed record Seen(GpuReading? First, GpuReading? Last, string? Fault);
}
