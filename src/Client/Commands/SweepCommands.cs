using System.CommandLine;
using SmallBatch.Client.Views;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Client.Commands;

/// <summary><c>sweep submit|list|show|watch|cancel</c>.</summary>
internal sealed class SweepCommands(CommandContext context)
{
    private readonly Argument<string> name = new("name") { Description = "The sweep's name" };
    private readonly Argument<string> spec = SpecInput.File();

    /// <summary>The sweep of a name. Throws <see cref="CommandFailedException"/> naming those there are.</summary>
    public static async Task<SweepSnapshot> FindAsync(IGrainFactory grains, string name)
    {
        if (await grains.GetGrain<ISweepGrain>(name).Describe() is { } sweep)
        {
            return sweep;
        }

        var there = await grains.GetGrain<ISweepIndexGrain>(0).List();
        throw new CommandFailedException($"sweep: found no '{name}', wanted one of {string.Join(", ", there.Select(s => s.Name).DefaultIfEmpty("none: nothing was submitted yet"))}");
    }

    /// <summary>The commands.</summary>
    public Command Create()
    {
        var sweep = new Command("sweep", "Submits and follows sweeps.");
        sweep.Add(context.OnCluster("submit", "Submits a sweep; the same again changes nothing, wider axes extend it.\n\n  smallbatch sweep submit sweeps/cifar10.yaml", SubmitAsync, spec));
        sweep.Add(context.OnCluster("list", "Lists all sweeps.\n\n  smallbatch sweep list -o json", ListAsync, context.Format));
        sweep.Add(context.OnCluster("show", "Shows how a sweep stands.\n\n  smallbatch sweep show quickstart", ShowAsync, name, context.Format));
        sweep.Add(context.OnCluster("watch", "Follows a sweep until it is over.\n\n  smallbatch sweep watch quickstart", WatchAsync, name));
        sweep.Add(context.OnCluster("cancel", "Cancels a sweep; its results so far stay.\n\n  smallbatch sweep cancel quickstart", CancelAsync, name));
        return sweep;
    }

    private async Task<int> SubmitAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (draft, name) = SpecInput.Read(parsed.GetValue(spec)!);
        var sweep = grains.GetGrain<ISweepGrain>(name);

        // Also what is wrong already: the silo adds what does not fit its data, and stores nothing of it.
        var reply = await sweep.Submit(new(draft.SpecText, draft.NetworkText), cancellationToken);
        if (reply.Outcome == SubmitOutcome.Refused)
        {
            throw new BadInputException(SpecInput.Join(draft, reply));
        }

        var what = reply.Outcome switch { SubmitOutcome.Accepted => "submitted", SubmitOutcome.Extended => "extended", _ => "unchanged" };
        Output.Prose(context.Console, $"{name}: {what}, {reply.Sweep!.Configurations} configurations, {reply.Sweep.SweepId}");
        var confirm = reply.Sweep.Confirm / (double)reply.Sweep.Replicas;
        var planned = (await sweep.Configurations()).Where(c => c.Stage == Stage.Grid).ToList();
        var seconds = planned.Sum(c => c.PredictedSeconds) + planned.DistinctBy(c => c.BatchSize).Sum(c => c.PredictedSeconds * confirm);
        Output.Prose(context.Console, $"Predicted time: about {Format.Time(seconds)} of one CPU core, shared among the slots of its class; 'smallbatch sweep watch {name}' follows it.");
        return ExitCode.Ok;
    }

    private async Task<int> ListAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        Print(parsed, await grains.GetGrain<ISweepIndexGrain>(0).List(cancellationToken));
        return ExitCode.Ok;
    }

    private async Task<int> ShowAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var sweep = await FindAsync(grains, parsed.GetValue(name)!);
        if (parsed.GetValue(context.Format) != OutputFormat.Table)
        {
            Print(parsed, [sweep]);
            return ExitCode.Ok;
        }

        var status = await grains.GetGrain<IAggregatorGrain>(sweep.SweepId).Status();
        Output.Prose(context.Console, $"{sweep.Name} ({sweep.SweepId}): {sweep.Phase.ToString().ToLowerInvariant()}, {sweep.Network} on {sweep.Dataset}, {sweep.Budget}, numerics {sweep.NumericsClass ?? "not fixed yet"}");
        context.Console.Write(ProgressView.Live(status, context.Console.Profile.Width));
        return ExitCode.Ok;
    }

    private async Task<int> WatchAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var sweep = await FindAsync(grains, parsed.GetValue(name)!);
        var status = await new SweepWatch(context.Console, grains, context.Time).RunAsync(sweep.SweepId, cancellationToken);
        Output.Prose(context.Console, $"{sweep.Name} is {status.Sweep.Phase.ToString().ToLowerInvariant()}: {ProgressView.Line(status)}");
        return status.Sweep.Phase == SweepPhase.Completed && status.Cells.All(c => c.Status != ConfigurationStatus.Failed) ? ExitCode.Ok : ExitCode.Failed;
    }

    private async Task<int> CancelAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var sweep = await FindAsync(grains, parsed.GetValue(name)!);
        var reply = await grains.GetGrain<ISweepGrain>(sweep.Name).Cancel(cancellationToken);
        Output.Plain(context.Console, $"{sweep.Name} is {reply.Sweep!.Phase.ToString().ToLowerInvariant()}.");
        return ExitCode.Ok;
    }

    private void Print(ParseResult parsed, IReadOnlyCollection<SweepSnapshot> sweeps) => Output.List(
        context.Console,
        parsed.GetValue(context.Format),
        sweeps,
        new("name", s => s.Name),
        new("phase", s => s.Phase.ToString().ToLowerInvariant()),
        new("ended", s => s.Ended),
        new("configurations", s => s.Configurations),
        new("dataset", s => s.Dataset, Spare: 1),
        new("network", s => s.Network, Spare: 2),
        new("created", s => s.CreatedAt, Spare: 4),
        new("completed", s => s.CompletedAt, Spare: 3),
        new("reason", s => s.Reason, Wraps: true));
}
