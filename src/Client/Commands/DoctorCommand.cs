using System.CommandLine;
using SmallBatch.Client.Doctor;
using SmallBatch.Client.Running;
using SmallBatch.Client.Views;

namespace SmallBatch.Client.Commands;

/// <summary><c>doctor</c>: everything that a sweep needs, looked at, with the remedy for what is wrong.</summary>
internal sealed class DoctorCommand(CommandContext context)
{
    /// <summary>The command.</summary>
    public Command Create() => context.Plain(
        "doctor",
        "Looks at what a sweep needs: on this machine .NET, the store, silo, trainer, GPUs, memory, disk and ports; of the running cluster silos, clocks, hosts "
            + "and devices. Says what to do about each problem; exit code 1 where there is one.\n\n  smallbatch doctor\n  smallbatch doctor --gateway silo.example:30000 --cluster-id smallbatch",
        RunAsync,
        [context.Format, .. context.Reaching]);

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var state = parsed.GetValue(context.State)!;
        var (address, named) = (context.Address(parsed), parsed.GetValue(context.Gateway) is not null);
        var endpoint = StateFolder.EndpointFile(state);
        var cluster = await new ClusterChecks(context.Time).RunAsync(address, named, File.Exists(endpoint) ? endpoint : null, cancellationToken);

        // A cluster elsewhere needs nothing here but this console.
        IReadOnlyList<Finding> findings = named ? cluster : [.. await new MachineChecks(state, isUp: cluster.Any(f => f is { Check: "cluster", Verdict: Verdict.Ok })).RunAsync(cancellationToken), .. cluster];
        Output.List(
            context.Console,
            parsed.GetValue(context.Format),
            findings,
            new("check", f => f.Check),
            new("verdict", f => f.Verdict.ToString().ToLowerInvariant()),
            new("found", f => f.Found, Wraps: true),
            new("remedy", f => f.Remedy, Wraps: true));
        return findings.Any(f => f.Verdict == Verdict.Problem) ? ExitCode.Failed : ExitCode.Ok;
    }
}
