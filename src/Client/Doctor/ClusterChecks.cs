using System.Globalization;
using SmallBatch.Client.Cluster;
using SmallBatch.Client.Commands;
using SmallBatch.Client.Views;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Client.Doctor;

/// <summary>A running cluster, looked at from here.</summary>
/// <param name="time">This machine's clock.</param>
internal sealed class ClusterChecks(TimeProvider time)
{
    /// <summary>Clocks that differ by more make the times of logs and events misleading; leases and results depend on none.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    /// <summary>A host that has said nothing for as long is about to be taken for dead.</summary>
    private const double QuietSeconds = 15;

    /// <summary>
    /// Every check of the cluster at that address. One that does not answer is a problem where it was named, or where
    /// <paramref name="endpoint"/>, the file of a local cluster, tells of it; null for no such file.
    /// </summary>
    public async Task<IReadOnlyList<Finding>> RunAsync(ClusterAddress address, bool named, string? endpoint, CancellationToken cancellationToken)
    {
        try
        {
            await using var cluster = await ClusterConnection.OpenAsync(address, cancellationToken);
            var release = await ClusterRelease.AskAsync(cluster.Grains, cancellationToken);
            return [.. Release(release), .. await SilosAsync(cluster.Grains, address), .. Pool(await cluster.Grains.GetGrain<IGpuPoolGrain>(PoolCommands.Pool).Describe())];
        }
        catch (ClusterUnreachableException unreachable)
        {
            return [(named, endpoint) switch
            {
                (true, _) => new("cluster", Verdict.Problem, unreachable.Message, "Look whether its silos are ready, by their /health/ready, and whether a firewall is between."),
                (_, { } file) => new(
                    "cluster",
                    Verdict.Problem,
                    $"{unreachable.Message} {file} names it",
                    "A run that was killed leaves that file: 'smallbatch run SPEC' again goes on and writes it anew. Where a silo does run there, logs/silo.log beside that file says what it does."),
                _ => new("cluster", Verdict.Note, $"no silo answers at {address.Gateway}", "'smallbatch run SPEC' starts one of its own, 'smallbatch silo' one that stays."),
            }];
        }
        catch (OtherReleaseException other)
        {
            return [new("release", Verdict.Problem, other.Message, "Use the console of the cluster's release.")];
        }
        catch (Exception failure) when (failure is TimeoutException or OrleansException)
        {
            return [new("cluster", Verdict.Problem, $"{address.Gateway} took the connection and did not answer: {failure.Message}", "Look at the silos' logs, and whether the store answers: /health/ready says.")];
        }
    }

    private static IEnumerable<Finding> Release(string? remark) => remark is null ? [] : [new("release", Verdict.Note, remark, "Where something does not work, use the console of the cluster's release.")];

    private async Task<IReadOnlyList<Finding>> SilosAsync(IGrainFactory grains, ClusterAddress address)
    {
        var management = grains.GetGrain<IManagementGrain>(0);
        var silos = (await management.GetHosts(onlyActive: true)).Keys.ToArray();
        var before = time.GetUtcNow();
        var statistics = await management.GetRuntimeStatistics(silos);
        var after = time.GetUtcNow();

        // What was stamped between asking and answering cannot be told from in step.
        var off = statistics.Select(s => (DateTimeOffset)DateTime.SpecifyKind(s.DateTime, DateTimeKind.Utc))
            .Select(at => at < before ? at - before : at > after ? at - after : TimeSpan.Zero)
            .Select(d => d.TotalSeconds)
            .OrderByDescending(Math.Abs)
            .FirstOrDefault();
        return [
            new("cluster", Verdict.Ok, $"{address.Gateway} (cluster {address.ClusterId}) answers: {Count(silos.Length, "silo")}"),
            Math.Abs(off) <= ClockTolerance.TotalSeconds
                ? new("clock", Verdict.Ok, string.Create(CultureInfo.InvariantCulture, $"in step with the silos' clocks, to {ClockTolerance.TotalSeconds} s"))
                : new("clock", Verdict.Problem, string.Create(CultureInfo.InvariantCulture, $"a silo's clock is {Math.Abs(off):F0} s {(off > 0 ? "ahead of" : "behind")} this one"), "Keep the machines' clocks by NTP: times of events and logs do not fit together.")];
    }

    /// <summary>The pool's hosts and devices: what takes no work, and why.</summary>
    public static IReadOnlyList<Finding> Pool(PoolSnapshot pool)
    {
        var slots = pool.Hosts.Sum(h => h.Devices.Sum(d => d.Slots.Length));
        var findings = new List<Finding>
        {
            slots > 0
                ? new("devices", Verdict.Ok, $"{Count(pool.Hosts.Length, "host")} with {Count(slots, "slot")}; {Count(pool.Queue.Length, "waiting configuration")}")
                : new("devices", Verdict.Problem, "no host offers a slot", "Start a silo with a trainer and a device: docs/operations.md."),
        };
        findings.AddRange(pool.Hosts.Where(h => h.SecondsSinceHeartbeat > QuietSeconds).Select(h => new Finding(
            "host",
            Verdict.Problem,
            string.Create(CultureInfo.InvariantCulture, $"{h.HostName} has not spoken for {h.SecondsSinceHeartbeat:F0} s"),
            "Its work goes elsewhere by itself; look at its silo's log and network.")));
        findings.AddRange(PoolStates.Reasons(pool).Select(r => new Finding("device", Verdict.Problem, r)));
        return findings;
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : string.Create(CultureInfo.InvariantCulture, $"{count} {what}s");
}
