using System.CommandLine;
using System.Globalization;
using SmallBatch.Client.Cluster;
using SmallBatch.Client.Views;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Client.Commands;

/// <summary><c>pool show|drain|undrain</c>.</summary>
internal sealed class PoolCommands(CommandContext context)
{
    /// <summary>The pool's key.</summary>
    public const string Pool = "default";

    private readonly Argument<string> host = new("host") { Description = "The host, as 'pool show' names it, or its address IP:PORT" };
    private readonly Option<string?> device = new("--device") { Description = "A device that was taken out of service, instead of the host", HelpName = "ID" };

    /// <summary>The commands.</summary>
    public Command Create()
    {
        var pool = new Command("pool", "Looks at the devices, and takes hosts out of service and back.");
        pool.Add(context.OnCluster("show", "Shows devices, slots, who holds them, how teams share them, and the queue.\n\n  smallbatch pool show", ShowAsync, context.Format));
        pool.Add(context.OnCluster(
            "drain",
            "Drains a host: no new work there, and each training writes a checkpoint after its next step and goes on elsewhere. It stays so through a "
                + "restart of that host, until undrain.\n\n  smallbatch pool drain silo-2",
            DrainAsync,
            host));
        pool.Add(context.OnCluster(
            "undrain",
            "Gives a drained host work again, or a device that was taken out of service.\n\n  smallbatch pool undrain silo-2\n  smallbatch pool undrain silo-2 --device cuda:0",
            UndrainAsync,
            host,
            device));
        return pool;
    }

    private async Task<int> DrainAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var reply = Found(await grains.GetGrain<IGpuPoolGrain>(Pool).Drain(parsed.GetValue(host)!, ConsoleCaller.User));
        var going = reply.Yielding switch
        {
            0 => "nothing trains there.",
            1 => "1 lease is still yielding; 'smallbatch pool show' follows it.",
            var leases => $"{leases} leases are still yielding; 'smallbatch pool show' follows them.",
        };
        Output.Prose(context.Console, $"{reply.HostName} {(reply.Changed ? "takes no new work" : "was drained already")}: {going}");
        return ExitCode.Ok;
    }

    private async Task<int> UndrainAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var reply = Found(await grains.GetGrain<IGpuPoolGrain>(Pool).Undrain(parsed.GetValue(host)!, parsed.GetValue(device)));
        var what = parsed.GetValue(device) is { } id ? $"{id} of {reply.HostName}" : reply.HostName;
        Output.Prose(context.Console, reply.Changed ? $"{what} takes work again." : $"{what} was not {(parsed.GetValue(device) is null ? "drained" : "taken out of service by the pool")}: nothing is changed.");
        return ExitCode.Ok;
    }

    private static DrainReply Found(DrainReply reply) => reply.Error is { } error ? throw new CommandFailedException(error) : reply;

    private async Task<int> ShowAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var pool = await grains.GetGrain<IGpuPoolGrain>(Pool).Describe();
        var format = parsed.GetValue(context.Format);
        if (format == OutputFormat.Json)
        {
            Output.Document(context.Console, pool);
            return ExitCode.Ok;
        }

        Output.List(
            context.Console,
            format,
            PoolSlot.Of(pool),
            [
                new("host", s => s.Host.HostName),
                new("slot", s => s.Name),
                new("device", s => s.Device.Name, Spare: 2),
                new("memory", s => s.Device.Memory is { } memory ? Memory(memory) : null, Wraps: true, Spare: 3),
                new("numerics", s => s.Device.NumericsClass, Spare: 4),
                new("state", s => s.State),
                new("configuration", s => s.Lease?.Lease.ConfigurationKey, Wraps: true),
                new("held", s => s.Lease is { } lease ? Format.Time(lease.HeldSeconds) : null),
                new("heartbeat_s", s => Math.Round(s.Host.SecondsSinceHeartbeat, 1), Spare: 1),

                // A table has them below, once each.
                .. format == OutputFormat.Csv ? [new("reason", s => s.Host.Drain ?? s.Device.OutOfService)] : Array.Empty<Column<PoolSlot>>(),
            ]);
        if (format == OutputFormat.Table)
        {
            PoolStates.Reasons(pool).ToList().ForEach(r => Output.Prose(context.Console, r));
            if (PoolStates.Shared(pool) is { Count: > 0 } teams)
            {
                Output.List(
                    context.Console, format, teams, new("team", t => t.Name), new("slots", t => t.Used), new("quota", t => t.Quota), new("limit", t => t.Limit), new("weight", t => t.Weight), new("waiting", t => t.Waiting));
            }

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
        var others = memory.Others.Select(p => $"{(p.Bytes is { } bytes ? $"{Format.Gibibytes(bytes)} GiB" : "some")} by process {p.ProcessId}");
        return $"{Format.Gibibytes(memory.UsedBytes)} of {Format.Gibibytes(memory.TotalBytes)} GiB{string.Concat(others.Select(o => $", {o}"))}";
    }
}
