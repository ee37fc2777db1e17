using System.Globalization;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Client.Views;

/// <summary>What a slot does, in a word, and below the table why a host or a device takes no work, once each.</summary>
internal static class PoolStates
{
    /// <summary>The state of a slot.</summary>
    public static string Of(HostSnapshot host, Device device, LeaseSnapshot? lease) => (host, device, lease) switch
    {
        ({ Drain: not null }, _, not null) => "yielding",
        ({ Drain: not null, Yielding: > 0 }, _, _) => "draining",
        ({ Drain: not null }, _, _) => "drained",
        (_, _, { GivesWay: not null }) => "yielding",
        (_, _, { State: RequestState.Holds }) => "training",
        (_, _, not null) => "offered",
        (_, { OutOfService: not null }, _) => "out of service",
        _ => "free",
    };

    /// <summary>The teams, where there is more to say than that everybody is in one without settings.</summary>
    public static IReadOnlyList<TeamSnapshot> Shared(PoolSnapshot pool) => pool.Teams is [{ Weight: 1, Quota: 0, Limit: null }] or null ? [] : pool.Teams;

    /// <summary>A sentence for each host that is drained and each device out of service, and what puts it back where an operator must.</summary>
    public static IEnumerable<string> Reasons(PoolSnapshot pool)
    {
        foreach (var (host, device) in pool.Hosts.SelectMany(h => h.Devices.Where(d => SimulatedNumerics.Is(d.NumericsClass)).Select(d => (h, d))))
        {
            yield return $"SIMULATED: {device.Id} of {host.HostName} trains nothing; every result of numerics class {device.NumericsClass} is made up.";
        }

        foreach (var host in pool.Hosts.Where(h => h.Drain is not null))
        {
            yield return $"{host.HostName}: {host.Drain}{Since(pool, host.HostName, null)}; {Yielding(host.Yielding)}.{Back(pool, host.HostName, null)}";
        }

        foreach (var lease in pool.Leases.Where(l => l.GivesWay is not null))
        {
            yield return $"{lease.Lease.ConfigurationKey} gives its slot to {lease.GivesWay}, after a last checkpoint.";
        }

        foreach (var (host, device) in pool.Hosts.SelectMany(h => h.Devices.Where(d => d.OutOfService is not null).Select(d => (h, d))))
        {
            yield return $"{device.Id} of {host.HostName} is out of service{Since(pool, host.HostName, device.Id)}: {device.OutOfService}.{Back(pool, host.HostName, device.Id)}";
        }

        foreach (var absent in pool.Outages.Where(o => pool.Hosts.All(h => h.HostName != o.HostName)))
        {
            yield return $"{(absent.Device is { } device ? $"{device} of " : "")}{absent.HostName}: {absent.Reason}{Since(pool, absent.HostName, absent.Device)}; the host does not speak at present.{Back(pool, absent.HostName, absent.Device)}";
        }
    }

    private static string Yielding(int leases) => leases switch
    {
        0 => "it has given up all its leases",
        1 => "1 lease is still yielding",
        _ => $"{leases} leases are still yielding",
    };

    private static string Since(PoolSnapshot pool, string host, string? device) => pool.Outages.FirstOrDefault(o => o.HostName == host && o.Device == device) is { } outage
        ? string.Create(CultureInfo.InvariantCulture, $" at {outage.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z")
        : "";

    private static string Back(PoolSnapshot pool, string host, string? device) => pool.Outages.Any(o => o.HostName == host && o.Device == device)
        ? $" 'smallbatch pool undrain {host}{(device is null ? "" : $" --device {device}")}' puts it back."
        : "";
}
