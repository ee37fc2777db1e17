using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuPool;

/// <summary>Hosts that an operator drains, and devices whose trainers die: what takes no work until an operator puts it back.</summary>
internal sealed partial class PoolBook
{
    /// <summary>Whether every outage's row is as it ought to be.</summary>
    public bool OutagesAreStored => outages.Values.All(e => !e.Writing && e.Row == e.WantedRow && !e.Lifted);

    /// <summary>An operator drains a host, named by its name for people, its full address or its address and port.</summary>
    public DrainReply Drain(string wanted, string by, DateTimeOffset at)
    {
        if (Named(wanted) is not { } name)
        {
            return Unknown(wanted, hosts.Values.Select(h => h.HostName));
        }

        var changed = outages.TryAdd((name, null), new(new(name, null, $"drained by {by}", at)));
        DevicesChanged();
        return new(null, name, changed, Yielding(name));
    }

    /// <summary>An operator puts a host back that was drained, or a device that was taken out of service.</summary>
    public DrainReply Undrain(string wanted, string? device)
    {
        if ((Named(wanted) ?? Outages().FirstOrDefault(o => o.HostName == wanted)?.HostName) is not { } name)
        {
            return Unknown(wanted, hosts.Values.Select(h => h.HostName).Concat(Outages().Select(o => o.HostName)));
        }

        if (outages.TryGetValue((name, device), out var entry) && !entry.Lifted)
        {
            entry.Lifted = true;
            DevicesChanged();
            if (device is not null)
            {
                hosts.Values.Where(h => h.HostName == name).ToList().ForEach(h => h.Forgive(device));
            }

            return new(null, name, true, 0);
        }

        var devices = hosts.Values.Where(h => h.HostName == name).SelectMany(h => h.Devices).Select(d => d.Id)
            .Concat(Outages().Where(o => o.HostName == name).Select(o => o.Device).OfType<string>()).Distinct().Order(StringComparer.Ordinal).ToList();
        return device is null || devices.Contains(device)
            ? new(null, name, false, 0)
            : new($"--device: found '{device}', wanted one of {string.Join(", ", devices.DefaultIfEmpty("none"))}", name, false, 0);
    }

    /// <summary>Takes devices out of service for the failures that a heartbeat tells of.</summary>
    private void Judge(HostEntry host, DeviceFailure[] failures)
    {
        host.Remember(failures);
        foreach (var device in failures.Where(f => !host.Forgiven.Contains(f)).GroupBy(f => f.Device, StringComparer.Ordinal))
        {
            bool DiedElsewhere(string key) => hosts.Values.Any(h => h.Died.Any(d => d.ConfigurationKey == key && (h != host || d.Device != device.Key)));
            if (DevicePolicy.WhyOut([.. device], DiedElsewhere) is { } reason)
            {
                outages.TryAdd((host.HostName, device.Key), new(new(host.HostName, device.Key, reason, device.Last().At)));
                DevicesChanged();
            }
        }
    }

    /// <summary>Devices of whose failures the host need tell no more: out of service for them in the store, or put back since.</summary>
    private string[] Judged(HostEntry host) =>
    [
        .. host.Told.GroupBy(f => f.Device, StringComparer.Ordinal)
            .Where(d => outages.GetValueOrDefault((host.HostName, d.Key)) is { Row: LeaseRowKind.Outage } || d.All(host.Forgiven.Contains))
            .Select(d => d.Key),
    ];

    private IEnumerable<Outage> Outages() => outages.Values.Where(e => !e.Lifted).Select(e => e.Outage);

    private bool IsDrained(HostEntry host) => IsOut(host.HostName, null);

    private bool IsOut(string hostName, string? device) => outages.TryGetValue((hostName, device), out var entry) && !entry.Lifted;

    /// <summary>Why a host takes no new leases, or null.</summary>
    private string? WhyDrained(HostEntry host) =>
        IsDrained(host) ? outages[(host.HostName, null)].Outage.Reason
        : host.Draining ? "it was asked to stop"
        : null;

    /// <summary>Why a device takes no work though its host does, or null.</summary>
    private string? WhyOut(HostEntry host, Device device) =>
        device.OutOfService ?? (IsOut(host.HostName, device.Id) ? outages[(host.HostName, device.Id)].Outage.Reason : null);

    /// <summary>Whether a device of that host can be granted.</summary>
    private bool IsInService(HostEntry host, Device device) => WhyDrained(host) is null && WhyOut(host, device) is null;

    private int Yielding(string hostName) =>
        hosts.Values.Where(h => h.HostName == hostName).Sum(h => leases.OfHost(h.Host).Count(e => e.Phase is LeasePhase.Offered or LeasePhase.Held));

    private string? Named(string wanted) =>
        hosts.Values.FirstOrDefault(h => h.HostName == wanted || h.Host == wanted || HostAddress.Place(h.Host) == wanted)?.HostName;

    private static DrainReply Unknown(string wanted, IEnumerable<string> names) =>
        new($"host: found no '{wanted}', wanted one of {string.Join(", ", names.Distinct().Order(StringComparer.Ordinal).DefaultIfEmpty("none: no host has reported to the pool yet"))}", wanted, false, 0);
}
