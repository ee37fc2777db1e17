using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SmallBatch.Client.Views;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Client.Commands;

/// <summary><c>sweep new|schema|preview|submit|list|show|watch|verify|pause|resume|cancel|retry|delete</c>.</summary>
internal sealed class SweepCommands(CommandContext context)
{
    private static readonly TimeSpan DeletionPoll = TimeSpan.FromMilliseconds(500);
    private readonly Argument<string> name = new("name") { Description = "The sweep's name" };
    private readonly Argument<string> spec = SpecInput.File();
    private readonly Option<int[]> sizes = new("--m") { Description = "Only configurations of these batch sizes", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> key = new("--key") { Description = "Only the configuration of this key" };
    private readonly Option<bool> yes = new("--yes") { Description = "Delete it: results, checkpoints, logs" };
    private readonly ScalingOptions scaling = new(context);

    /// <summary>The sweep of a name. Throws <see cref="CommandFailedException"/> naming those there are.</summary>
    public static async Task<SweepSnapshot> FindAsync(IGrainFactory grains, string name)
    {
        if (await grains.GetGrain<ISweepGrain>(name).Describe() is { } sweep)
        {
            return sweep;
        }

        throw new CommandFailedException(await MissingAsync(grains, name));
    }

    /// <summary>The commands.</summary>
    public Command Create()
    {
        var sweep = new Command("sweep", "Submits and follows sweeps.");
        sweep.Add(context.OnCluster("submit", "Submits a sweep; the same again changes nothing, wider axes, more replicas or a longer budget extend it.\n\n  smallbatch sweep submit sweeps/cifar10.yaml\n  smallbatch sweep submit sweeps/paper/fig02.yaml --within 8h", SubmitAsync, [spec, .. scaling.All]));
        sweep.Add(context.OnCluster("preview", "Says what submitting would train, what of it is stored already, and what it costs; changes nothing.\n\n  smallbatch sweep preview sweeps/cifar10.yaml\n  smallbatch sweep preview sweeps/paper/fig02.yaml --scale", PreviewAsync, [spec, .. scaling.All, context.Format]));
        sweep.Add(context.OnCluster("list", "Lists all sweeps.\n\n  smallbatch sweep list -o json", ListAsync, context.Format));
        sweep.Add(context.OnCluster("show", "Shows how a sweep stands.\n\n  smallbatch sweep show quickstart", ShowAsync, name, context.Format));
        sweep.Add(context.OnCluster("watch", "Follows a sweep until it is over: on a terminal as a live view of its grid, the best so far, devices and queue, in a pipe by lines. Ctrl-C ends the watching, not the sweep.\n\n  smallbatch sweep watch quickstart", WatchAsync, name));
        sweep.Add(context.OnCluster("verify", "Compares what the store holds of a sweep, and names what does not agree; changes nothing.\n\n  smallbatch sweep verify quickstart", VerifyAsync, name, context.Format));
        sweep.Add(context.OnCluster("pause", "Pauses a sweep: what trains stops after a last checkpoint.\n\n  smallbatch sweep pause quickstart", Acts(SweepAction.Pause), name));
        sweep.Add(context.OnCluster("resume", "Lets a paused sweep go on, from its checkpoints.\n\n  smallbatch sweep resume quickstart", Acts(SweepAction.Resume), name));
        sweep.Add(context.OnCluster("cancel", "Cancels a sweep; its results so far stay.\n\n  smallbatch sweep cancel quickstart", Acts(SweepAction.Cancel), name));
        sweep.Add(context.OnCluster("retry", "Tries again what was given up.\n\n  smallbatch sweep retry quickstart --m 2 8", Acts(SweepAction.Retry), name, sizes, key));
        sweep.Add(context.OnCluster("delete", "Deletes a sweep with its results; its name is free again.\n\n  smallbatch sweep delete quickstart --yes", DeleteAsync, name, yes));
        sweep.Add(new NewSpecCommand(context).Create());
        sweep.Add(new SchemaCommand(context).Create());
        return sweep;
    }

    /// <summary>The specification; where it is to fit a time, the form of it that does on the slots that are in service.</summary>
    private async Task<(SweepDraft Draft, string Name)> ReadAsync(ParseResult parsed, IGrainFactory grains, bool print, CancellationToken cancellationToken)
    {
        var (draft, name) = SpecInput.Read(parsed.GetValue(spec)!);
        if (scaling.Asked(parsed) is not { } asked)
        {
            return (draft, name);
        }

        // The silos have the dataset.
        var preview = await grains.GetGrain<ISweepGrain>(name).Preview(new(draft.SpecText, draft.NetworkText), cancellationToken);
        if (draft.Errors.Count > 0 || preview.DatasetText is not { } dataset)
        {
            throw new BadInputException(SpecInput.Join(draft, preview.Errors));
        }

        var slots = (await InServiceAsync(grains)).Sum(d => d.Slots.Length);
        var scaled = scaling.Scale(draft, JsonSerializer.Deserialize<DatasetIdentity>(dataset)!, asked, Math.Max(1, slots), print);
        return (scaled, scaled.Spec!.Name);
    }

    private async Task<int> SubmitAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (draft, name) = await ReadAsync(parsed, grains, true, cancellationToken);
        var sweep = grains.GetGrain<ISweepGrain>(name);

        // What submitting would train, before it does; also what is wrong already: the silo adds what does not fit its data, and stores nothing of it.
        var submission = new SweepSubmission(draft.SpecText, draft.NetworkText);
        var preview = await sweep.Preview(submission, cancellationToken);
        var reply = await sweep.Submit(submission, cancellationToken);
        if (reply.Outcome == SubmitOutcome.Refused)
        {
            throw new BadInputException(SpecInput.Join(draft, reply.Errors));
        }

        var what = reply.Outcome switch { SubmitOutcome.Accepted => "submitted", SubmitOutcome.Extended => "extended", _ => "unchanged" };
        Output.Prose(context.Console, $"{name}: {what}, {reply.Sweep!.Configurations} configurations, {reply.Sweep.SweepId}");
        var (runs, stored) = (preview.Rows.Sum(r => r.Runs), preview.Rows.Sum(r => r.Stored));
        Output.Prose(context.Console, runs == stored
            ? $"All of its {runs} runs are stored: nothing is left to train."
            : $"Predicted time{(stored > 0 ? $" of the {runs - stored} runs that are not stored" : "")}: about {await PredictedAsync(grains, preview)}; 'smallbatch sweep watch {name}' follows it.");
        return ExitCode.Ok;
    }

    private async Task<int> PreviewAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var format = parsed.GetValue(context.Format);
        var (draft, name) = await ReadAsync(parsed, grains, format == OutputFormat.Table, cancellationToken);
        var preview = await grains.GetGrain<ISweepGrain>(name).Preview(new(draft.SpecText, draft.NetworkText), cancellationToken);
        if (preview.Outcome == SubmitOutcome.Refused)
        {
            throw new BadInputException(SpecInput.Join(draft, preview.Errors));
        }

        Output.List(
            context.Console,
            format,
            preview.Rows,
            new("stage", r => r.Stage.ToString().ToLowerInvariant()),
            new("m", r => r.BatchSize),
            new("updates", r => r.Updates),
            new("runs", r => r.Runs),
            new("stored", r => r.Stored),
            new("to train", r => r.Runs - r.Stored),
            new("saved updates", r => r.SavedUpdates),
            new("device-hours", r => string.Create(CultureInfo.InvariantCulture, $"{r.Seconds / 3600:F3}")));
        if (format == OutputFormat.Table)
        {
            var (runs, stored) = (preview.Rows.Sum(r => r.Runs), preview.Rows.Sum(r => r.Stored));
            var what = preview.Outcome switch { SubmitOutcome.Accepted => "would be a new sweep", SubmitOutcome.Extended => "would be extended", _ => "is the sweep that is there" };
            Output.Prose(
                context.Console,
                $"{name} {what}: {stored} of {runs} runs are stored, {runs - stored} would train, predicted about {await PredictedAsync(grains, preview)}.");
            if (preview.Rows.Sum(r => r.SavedUpdates) is > 0 and var saved)
            {
                var all = preview.Rows.Sum(r => r.Updates * (r.Runs - r.Stored));
                Output.Prose(context.Console, string.Create(CultureInfo.InvariantCulture, $"Of the {all} updates of those, checkpoints of a shorter budget save {saved}; the prediction is without them."));
            }

            if (SweepSpecReader.Read(preview.SpecText!, name).Value?.Choice is { } choice)
            {
                Output.Prose(context.Console, $"Base learning rates: {choice}.");
            }

            foreach (var (which, count, rule) in new[] { ("replicas", draft.Spec!.Replicas, draft.Spec.ReplicasUntil), ("fresh seeds", draft.Spec.Confirm, draft.Spec.ConfirmUntil) }.Where(r => r.Item3 is not null))
            {
                Output.Prose(context.Console, string.Create(CultureInfo.InvariantCulture, $"Then {which} are added to the first {count} where they can still change the answer, until ±{rule!.Until} points, at most {rule.Max} in all."));
            }
        }

        return ExitCode.Ok;
    }

    /// <summary>The time on one core and, where the slots in service are cores of one numerics class, on all of them, if nothing else trains.</summary>
    private static async Task<string> PredictedAsync(IGrainFactory grains, SweepPreview preview)
    {
        var seconds = preview.Rows.Sum(r => r.Seconds);
        var devices = await InServiceAsync(grains);
        var slots = devices.Sum(d => d.Slots.Length);
        return $"{Format.Time(seconds)} of one CPU core{(slots > 1 && devices.DistinctBy(d => d.NumericsClass).Count() == 1 && devices[0].NumericsClass.StartsWith("cpu-", StringComparison.Ordinal) ? $", {Format.Time(seconds / slots)} on the {slots} slots in service" : ", shared among the slots of its class")}";
    }

    private static async Task<IReadOnlyList<Device>> InServiceAsync(IGrainFactory grains)
    {
        var pool = await grains.GetGrain<IGpuPoolGrain>(PoolCommands.Pool).Describe();
        return [.. pool.Hosts.Where(h => h.Drain is null).SelectMany(h => h.Devices).Where(d => d.OutOfService is null)];
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
        if (SweepSpecReader.Read(sweep.SpecText, sweep.Name).Value?.Choice is { } choice)
        {
            Output.Prose(context.Console, $"Base learning rates: {choice}.");
        }

        if (sweep.ShorterBudgets is { Length: > 0 } shorter)
        {
            Output.Prose(context.Console, $"Before, on {string.Join(", ", shorter)}: smallbatch results show {sweep.Name}@{BudgetName.Of(shorter[^1])}");
        }

        context.Console.Write(ProgressView.Standing(status, context.Console.Profile.Width));
        return ExitCode.Ok;
    }

    private async Task<int> WatchAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var sweep = await FindAsync(grains, parsed.GetValue(name)!);
        var status = await new SweepWatch(context.Console, grains, context.Time, "Ctrl-C ends the watching, not the sweep.").RunAsync(sweep.SweepId, cancellationToken);
        var end = $"{sweep.Name} is {status.Sweep.Phase.ToString().ToLowerInvariant()}";

        // A live view has left its line on the terminal.
        Output.Prose(context.Console, Screen.IsOf(context.Console) ? $"{end}." : $"{end}: {ProgressView.Line(status)}");
        return status.Sweep.Phase is SweepPhase.Completed or SweepPhase.Limited && status.Cells.All(c => c.Status != ConfigurationStatus.Failed) ? ExitCode.Ok : ExitCode.Failed;
    }

    private async Task<int> VerifyAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (await grains.GetGrain<ISweepGrain>(parsed.GetValue(name)!).Verify(cancellationToken) is not { } found)
        {
            throw new BadInputException(await MissingAsync(grains, parsed.GetValue(name)!));
        }

        var format = parsed.GetValue(context.Format);
        if (format == OutputFormat.Json)
        {
            Output.Document(context.Console, found);
        }
        else if (format == OutputFormat.Csv || found.Disagreements.Length > 0)
        {
            Output.List(context.Console, format, found.Disagreements, new("where", d => d.Where, Wraps: true), new("what", d => d.What, Wraps: true), new("remedy", d => d.Remedy, Wraps: true));
        }

        if (format == OutputFormat.Table)
        {
            Output.Prose(
                context.Console,
                $"{found.SweepId}: {found.Disagreements.Length} disagreements among {found.ResultRows} results, {found.AttemptRows} attempts and {found.StateRows} rows of {found.Configurations} configurations, {found.Checkpoints} checkpoints, {found.Logs} logs.");
        }

        return found.Disagreements.Length == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private Func<ParseResult, IGrainFactory, CancellationToken, Task<int>> Acts(SweepAction action) => async (parsed, grains, cancellationToken) =>
    {
        var sweep = await FindAsync(grains, parsed.GetValue(name)!);
        var retry = action == SweepAction.Retry ? new RetryFilter(parsed.GetValue(sizes) ?? [], parsed.GetValue(key)) : null;
        var reply = await grains.GetGrain<ISweepGrain>(sweep.Name).Act(action, retry, cancellationToken);
        if (!reply.Done)
        {
            throw new CommandFailedException($"{reply.What}.");
        }

        Output.Prose(context.Console, $"{reply.What}.");
        return ExitCode.Ok;
    };

    private async Task<int> DeleteAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var sweep = await FindAsync(grains, parsed.GetValue(name)!);
        if (!parsed.GetValue(yes))
        {
            var status = await grains.GetGrain<IAggregatorGrain>(sweep.SweepId).Status();
            var stored = status.Cells.Count(c => c.Status == ConfigurationStatus.Completed);
            throw new BadInputException($"--yes: found nothing, wanted --yes to delete {sweep.Name}: the results of {stored} of {sweep.Configurations} configurations, and every checkpoint and log of it, would be gone for good");
        }

        var reply = await grains.GetGrain<ISweepGrain>(sweep.Name).Act(SweepAction.Delete, null, cancellationToken);
        Output.Prose(context.Console, $"{reply.What}; interrupted, it goes on without this console.");
        while (await grains.GetGrain<ISweepGrain>(sweep.Name).Describe() is { } left && left.SweepId == sweep.SweepId)
        {
            await Task.Delay(DeletionPoll, context.Time, cancellationToken);
        }

        Output.Prose(context.Console, $"{sweep.Name} is deleted.");
        return ExitCode.Ok;
    }

    private static async Task<string> MissingAsync(IGrainFactory grains, string name)
    {
        var there = await grains.GetGrain<ISweepIndexGrain>(0).List();
        return $"sweep: found no '{name}', wanted one of {string.Join(", ", there.Select(s => s.Name).DefaultIfEmpty("none: nothing was submitted yet"))}";
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
