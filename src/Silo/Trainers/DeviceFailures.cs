using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Silo.Trainers;

/// <summary>How each device of this host has failed since a trainer last trained on there: told to the pool until it has judged. One caller at a time.</summary>
internal sealed class DeviceFailures
{
    private const int MostOfOne = 16;
    private readonly Dictionary<string, List<DeviceFailure>> failures = new(StringComparer.Ordinal);

    /// <summary>Those of each device in order.</summary>
    public DeviceFailure[] All => [.. failures.Values.SelectMany(f => f)];

    /// <summary>One more.</summary>
    public void Add(DeviceFailure failure)
    {
        failures[failure.Device] = [.. failures.GetValueOrDefault(failure.Device, []).Append(failure).TakeLast(MostOfOne)];
    }

    /// <summary>A trainer has written a checkpoint there or has come to its end: nothing is wrong with it, unless its disk was found full.</summary>
    public void TrainsOn(string device) => failures.GetValueOrDefault(device)?.RemoveAll(f => f.Kind != DeviceFailureKind.DiskFull);

    /// <summary>It is out of service for them until an operator puts it back; then it begins anew.</summary>
    public void Judged(string device) => failures.Remove(device);

    /// <summary>Why nothing is started there before the pool has heard of it, or null.</summary>
    public string? WhyNot(string device) => failures.GetValueOrDefault(device)?.FindLast(f => f.Kind == DeviceFailureKind.DiskFull)?.Reason;
}
