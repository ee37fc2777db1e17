using System.CommandLine;
using System.Globalization;
using SmallBatch.Client.Azurite;
using SmallBatch.Client.Cluster;
using SmallBatch.Client.Export;
using SmallBatch.Client.Running;
using SmallBatch.Client.Views;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Client.Commands;

/// <summary><c>run</c>: one machine, one command, from a specification to its answer.</summary>
internal sealed class RunCommand(CommandContext context)
{
    private const double LongestUnasked = 3600;
    private static readonly TimeSpan DyingSilo = TimeSpan.FromSeconds(3);
    private readonly Argument<string> spec = SpecInput.File();
    private readonly Option<string?> data = SpecInput.Data();
    private readonly Option<bool> yes = new("--yes") { Description = "Start also what is predicted to take more than an hour" };
    private readonly ScalingOptions scaling = new(context);
    private readonly Option<string?> output = new("--out") { Description = "Folder for results.csv, curves.csv and runs.csv; default STATE/results/NAME" };

    /// <summary>The command.</summary>
    public Command Create() => context.Plain(
        "run",
        "Runs a sweep on this machine: starts Azurite and a silo, submits, watches, reports. Ctrl-C is safe; run it again to go on.\n\n  smallbatch run sweeps/quickstart.yaml\n  smallbatch run sweeps/paper/fig02.yaml --data DIR --scale",
        RunAsync, [spec, data, context.State, .. scaling.All, yes, output]);

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (draft, plan) = Read(parsed);
        Announce(plan);
        if (scaling.Asked(parsed) is null && plan.PredictedSeconds(Environment.ProcessorCount) > LongestUnasked && !parsed.GetValue(yes))
        {
            throw new BadInputException($"--yes: found nothing, wanted it for a run of more than an hour; or --within 1h, which scales {parsed.GetValue(spec)} down and shows what it scaled");
        }

        // Not only after hours of training.
        if (parsed.GetValue(output) is { } place && ResultFiles.Refusal(place) is { } refusal)
        {
            throw new BadInputException(refusal);
        }

        _ = AzuriteLocation.Find();

        // The folder passes to the cluster, which gives it back.
        var folder = StateFolder.Take(parsed.GetValue(context.State)!);
        await using var cluster = await StartAsync(folder, parsed.GetValue(data), cancellationToken);
        try
        {
            return await SubmitAndWatchAsync(cluster, draft, parsed.GetValue(output) ?? Path.Combine(folder.Path, "results", draft.Spec!.Name), parsed.GetValue(context.State)!, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            context.Error("Stopping: trainers write a last checkpoint. Run the same command again to go on.");
            throw;
        }
    }

    private (SweepDraft Draft, SweepPlan Plan) Read(ParseResult parsed)
    {
        var (path, root) = (parsed.GetValue(spec)!, parsed.GetValue(data));
        if (scaling.Asked(parsed) is not { } asked)
        {
            return SpecInput.Plan(path, root);
        }

        var (draft, dataset) = SpecInput.Find(path, root);
        return SpecInput.Plan(scaling.Scale(draft, dataset, asked, Environment.ProcessorCount, print: true), root);
    }

    private static async Task<LocalCluster> StartAsync(StateFolder folder, string? dataRoot, CancellationToken cancellationToken)
    {
        try
        {
            return await LocalCluster.StartAsync(folder, null, $"run-{Guid.NewGuid().ToString("N")[..12]}", new(0, 0, 0), dataRoot, cancellationToken);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private async Task<int> SubmitAndWatchAsync(LocalCluster cluster, SweepDraft draft, string folder, string state, CancellationToken cancellationToken)
    {
        await using var connection = await ClusterConnection.OpenAsync(cluster.Address, ClusterConnection.LocalPatience, cancellationToken);
        var reply = await connection.Grains.GetGrain<ISweepGrain>(draft.Spec!.Name).Submit(new(draft.SpecText, draft.NetworkText), cancellationToken);
        if (reply.Outcome == SubmitOutcome.Refused)
        {
            throw new BadInputException(reply.Errors.Select(e => $"{e.Path}: found {e.Found}, wanted {e.Wanted}"));
        }

        var sweep = reply.Sweep!;
        if (sweep.Phase == SweepPhase.Paused)
        {
            await connection.Grains.GetGrain<ISweepGrain>(sweep.Name).Act(SweepAction.Resume, null, cancellationToken);
        }

        var page = $"{cluster.Page}#/sweep/{sweep.Name}";
        Output.Plain(context.Console, sweep.Phase == SweepPhase.Completed
            ? $"Sweep {sweep.Name} is complete."
            : sweep.Phase == SweepPhase.Limited ? $"Sweep {sweep.Name} was {sweep.Reason}; a higher limit in {sweep.Name}'s specification goes on."
            : $"Sweep {sweep.Name} {(reply.Outcome == SubmitOutcome.Unchanged ? "goes on" : "is submitted")} as {sweep.SweepId}.\nIn a browser: {page}");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = new SweepWatch(context.Console, connection.Grains, context.Time, $"Ctrl-C stops; the same command goes on. In a browser: {page}", answerFollows: true).RunAsync(sweep.SweepId, over.Token);
        await Task.WhenAny(watching, cluster.Ended);
        if (watching.IsFaulted)
        {
            // A silo that dies fails the first question first; then its end is the reason.
            await Task.WhenAny(cluster.Ended, Task.Delay(DyingSilo, context.Time, cancellationToken));
        }

        if (cluster.Ended.IsCompleted && !watching.IsCompletedSuccessfully)
        {
            // Nobody will answer it any more.
            await over.CancelAsync();
            throw new CommandFailedException($"Run the same command again to go on. {cluster.HowItEnded}");
        }

        var status = await watching;
        var results = await connection.Grains.GetGrain<IAggregatorGrain>(sweep.SweepId).Results(cancellationToken);
        Output.Plain(context.Console, "");
        ResultView.Write(context.Console, results);
        Output.Plain(context.Console, $"results.csv, curves.csv and runs.csv are in {Near(ResultFiles.Write(results, folder))}.");
        Output.Prose(context.Console, $"To look again, with the page: '{Again("smallbatch silo", state)}', and beside it '{Again($"smallbatch results report {sweep.Name}", state)}', or plot, export, show.");
        var failed = status.Cells.Where(c => c.Status == ConfigurationStatus.Failed).ToList();
        failed.ForEach(c => context.Error($"{c.Key} failed: {c.Reason}"));
        return status.Sweep.Phase is SweepPhase.Completed or SweepPhase.Limited && failed.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    /// <summary>A folder as seen from where the console was called, where it lies below.</summary>
    private static string Near(string folder) => Path.GetRelativePath(Directory.GetCurrentDirectory(), folder) is var near && !Path.IsPathRooted(near) && !near.StartsWith("..", StringComparison.Ordinal) ? near : folder;

    /// <summary>A command on this run's cluster.</summary>
    private static string Again(string command, string state) => state == CommandContext.DefaultState ? command : $"{command} --state {state}";

    private static string Count(int count, NarrowingRule? rule) => rule is null ? $"{count}" : $"{count} to {rule.Max}";

    private void Announce(SweepPlan plan)
    {
        var runs = (plan.Cells.Count * plan.Spec.Replicas) + (plan.Spec.BatchSizes.Count * plan.Spec.Confirm);
        var updates = string.Join(", ", plan.Cells.DistinctBy(c => c.BatchSize).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Settings.Updates} at m = {c.BatchSize}")));
        Output.Prose(context.Console, string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Spec.Name}: {plan.Spec.Network} ({plan.Shapes.Parameters} parameters) on {plan.Dataset}, {plan.Spec.Budget}; {plan.Cells.Count} cells × {Count(plan.Spec.Replicas, plan.Spec.ReplicasUntil)} replicas, then {Count(plan.Spec.Confirm, plan.Spec.ConfirmUntil)} fresh seeds at each batch size's best: {((plan.Spec.ReplicasUntil ?? plan.Spec.ConfirmUntil) is null ? "" : "at least ")}{runs} runs."));
        if (plan.Spec.Search is { } search)
        {
            var rungs = Enumerable.Range(1, search.Rungs).Select(rung => search.Budget(plan.Spec.Budget, rung).ToString());
            Output.Prose(context.Console, $"Search: every cell trains for {string.Join(", then those that go on for ", rungs)} first, and not every cell goes on.");
        }

        if (plan.Spec.NotChosen.Count > 0)
        {
            Output.Prose(context.Console, $"The base learning rate of each batch size is what {plan.Spec.From!.Sweep} chose.");
        }

        Output.Prose(context.Console, $"Updates a run: {updates}. Predicted time on {Environment.ProcessorCount} cores: about {Format.Time(plan.PredictedSeconds(Environment.ProcessorCount))}.");
    }
}
