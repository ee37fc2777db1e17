using System.CommandLine;
using System.Globalization;
using SmallBatch.Client.Views;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Client.Commands;

/// <summary><c>pool show</c>.</summary>
internal sealed class PoolCommands(CommandContext context)
{
    private const string Pool = "default";

    /// <summary>The commands.</summary>
    public Command Create()
    {
        var pool = new Command("pool", "Looks at the devices.");
        pool.Add(context.OnCluster("show", "Shows devices, slots, who holds them, and the queue.\n\n  smallbatch pool show", ShowAsync, context.Format));
        return pool;
    }

    private async Task<int> ShowAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var pool = await grains.GetGrain<IGpuPoolGrain>(Pool).Describe();
        var format = parsed.GetValue(context.Format);
        if (format == OutputFormat.Json)
        {
            Output.Document(context.Console, pool);
            return ExitCode.Ok;
        }

        var slots = pool.Hosts.SelectMany(h => h.Devices.SelectMany(d => d.Slots.Select(s => (
            Host: h,
            Device: d,
            Slot: s,
            Lease: pool.Leases.FirstOrDefault(l => l.Lease.Host == h.Host && l.Lease.Slot == s && l.State != RequestState.Finishing))))).ToList();
        Output.List(
            context.Console,
            format,
            slots,
            new("host", s => s.Host.HostName),
            new("slot", s => s.Slot),
            new("device", s => s.Device.Name, Spare: 2),
            new("memory", s => s.Device.Memory is { } memory ? Memory(memory) : null, Wraps: true, Spare: 3),
            new("numerics", s => s.Device.NumericsClass, Spare: 4),
            new("state", s => s.Device.OutOfService is { } why ? $"out of service: {why}" : (s.Host.Draining ? "draining" : s.Lease is null ? "free" : s.Lease.State == RequestState.Holds ? "training" : "offered"), Wraps: true),
            new("configuration", s => s.Lease?.Lease.ConfigurationKey, Wraps: true),
            new("held", s => s.Lease is { } lease ? Format.Time(lease.HeldSeconds) : null),
            new("heartbeat_s", s => Math.Round(s.Host.SecondsSinceHeartbeat, 1), Spare: 1));
        if (format == OutputFormat.Table)
        {
            Output.Plain(context.Console, string.Create(CultureInfo.InvariantCulture, $"{pool.Queue.Length} waiting"));
            if (pool.Queue.Length > 0)
            {
                Output.List(context.Console, format, pool.Queue, new("position", q => q.Position), new("configuration", q => q.ConfigurationKey), new("reason", q => q.Reason, Wraps: true));
            }
        }

        return ExitCode.Ok;
    }

    private static string Memory(DeviceMemory memory)
    {
        var others = memory.Others.Select(p => $"{(p.Bytes is { } bytes ? $"{Gibibytes(bytes)} GiB" : "some")} by process {p.ProcessId}");
        return $"{Gibibytes(memory.UsedBytes)} of {Gibibytes(memory.TotalBytes)} GiB{string.Concat(others.Select(o => $", {o}"))}";
    }

    private static string Gibibytes(long bytes) => (bytes / (double)(1 << 30)).ToString("F1", CultureInfo.InvariantCulture);
}
