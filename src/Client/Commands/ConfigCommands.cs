using System.CommandLine;
using System.Globalization;
using SmallBatch.Client.Views;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Client.Commands;

/// <summary><c>config list|show|log</c>.</summary>
internal sealed class ConfigCommands(CommandContext context)
{
    private readonly Argument<string> sweep = new("sweep") { Description = "The sweep's name" };
    private readonly Argument<string> key = new("key") { Description = "A configuration's key as 'config list' shows it, or with --sweep a part of it: m=8.lr=2^-9" };
    private readonly Option<string?> within = new("--sweep") { Description = "Sweep in which a part of a key is looked for" };
    private readonly Option<ConfigurationStatus[]> statuses = CommandOptions.Words("--status", "Only configurations that stand so, repeated for several", Enum.GetValues<ConfigurationStatus>().ToDictionary(Lower));
    private readonly Option<int[]> sizes = new("--m") { Description = "Only these batch sizes", AllowMultipleArgumentsPerToken = true };
    private readonly Option<CellOrder> order = CommandOptions.Choice<CellOrder>("--sort", "-s", "By what it is sorted, the first of it on top");
    private readonly Option<int> limit = CommandOptions.Whole("--limit", "How many at most; 0 for all", 0);
    private readonly Option<int> skip = CommandOptions.Whole("--skip", "How many of them to leave out first", 0);
    private readonly Option<int> attempt = CommandOptions.Whole("--attempt", "Number of the attempt; 0 for the latest", 0);

    /// <summary>The commands.</summary>
    public Command Create()
    {
        var config = new Command("config", "Looks at configurations: the cells of a sweep.");
        config.Add(context.OnCluster("list", "Lists a sweep's configurations.\n\n  smallbatch config list quickstart -o csv\n  smallbatch config list quickstart --status failed --status queued --m 2 8 --sort score --limit 20", ListAsync, sweep, statuses, sizes, order, skip, limit, context.Format));
        config.Add(context.OnCluster("show", "Tells a configuration's story.\n\n  smallbatch config show m=8.lr=2^-9 --sweep quickstart", ShowAsync, key, within, context.Format));
        config.Add(context.OnCluster("log", "Prints the log of an attempt.\n\n  smallbatch config log m=8.lr=2^-9 --sweep quickstart --attempt 1", LogAsync, key, within, attempt));
        return config;
    }

    private async Task<int> ListAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (leaveOut, most) = (parsed.GetValue(skip), parsed.GetValue(limit));
        string[] wrong = [.. leaveOut < 0 ? new[] { $"--skip: found {leaveOut}, wanted a whole number from 0 on" } : [], .. most < 0 ? new[] { $"--limit: found {most}, wanted a whole number from 0 on" } : []];
        if (wrong.Length > 0)
        {
            throw new BadInputException(wrong);
        }

        var found = await SweepCommands.FindAsync(grains, parsed.GetValue(sweep)!);
        var status = await grains.GetGrain<IAggregatorGrain>(found.SweepId).Status();
        var (wanted, batchSizes) = (parsed.GetValue(statuses) ?? [], parsed.GetValue(sizes) ?? []);
        var matching = CellOrders.Sorted(status.Cells.Where(c => (wanted.Length == 0 || wanted.Contains(c.Status)) && (batchSizes.Length == 0 || batchSizes.Contains(c.BatchSize))), parsed.GetValue(order)).ToList();
        var shown = matching.Skip(leaveOut).Take(most == 0 ? int.MaxValue : most).ToList();
        Output.List(
            context.Console,
            parsed.GetValue(context.Format),
            shown,
            new("m", c => c.BatchSize),
            new("base_lr", c => c.BaseLearningRate),
            new("stage", c => Lower(c.Stage)),
            new("status", c => Lower(c.Status)),
            new("trained", c => string.Create(CultureInfo.InvariantCulture, $"{c.Trained}/{c.Replicas}"), Spare: 2),
            new("score", c => c.MeanScore),
            new("std", c => c.StandardDeviation, Spare: 3),
            new("epoch", c => string.Create(CultureInfo.InvariantCulture, $"{c.Epoch}/{c.Epochs}")),
            new("attempt", c => c.Attempt, Spare: 4),
            new("host", c => c.Host, Spare: 5),
            new("eta_s", c => c.EtaSeconds is { } eta ? Math.Round(eta) : null, Spare: 1),
            new("reason", c => c.Reason, Wraps: true),
            new("key", c => c.Key, Spare: 6));
        if (parsed.GetValue(context.Format) == OutputFormat.Table && shown.Count < status.Cells.Length)
        {
            Output.Prose(context.Console, string.Create(CultureInfo.InvariantCulture, $"{shown.Count} of {matching.Count} that match, of {status.Cells.Length} configurations."));
        }

        return ExitCode.Ok;
    }

    private async Task<int> ShowAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var found = await FindAsync(parsed, grains);
        if (parsed.GetValue(context.Format) == OutputFormat.Json)
        {
            Output.Document(context.Console, found);
            return ExitCode.Ok;
        }

        if (parsed.GetValue(context.Format) == OutputFormat.Table)
        {
            var reason = found.Reason is null ? "" : $": {found.Reason}";
            Output.Plain(context.Console, $"{found.Job.Key}\n{Lower(found.Status)}{reason}; attempt {found.Attempt}, settings {found.Job.SettingsHash[..12]}, {found.Job.Replicas} replicas");
        }

        Output.List(
            context.Console,
            parsed.GetValue(context.Format),
            found.Story,
            new("at", e => e.At),
            new("event", e => Lower(e.Kind)),
            new("attempt", e => e.Attempt == 0 ? null : e.Attempt),
            new("what", e => e.What, Wraps: true),
            new("host", e => e.Host, Spare: 1));
        return ExitCode.Ok;
    }

    private async Task<int> LogAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var found = await FindAsync(parsed, grains);
        var number = parsed.GetValue(attempt);
        var log = await grains.GetGrain<IConfigurationGrain>(found.Job.Key).Log(number, cancellationToken)
            ?? throw new CommandFailedException($"--attempt: found no log of attempt {(number == 0 ? found.Attempt : number)}, wanted one from 1 to {found.Attempt}");
        Output.Plain(context.Console, log.TrimEnd('\n'));
        return ExitCode.Ok;
    }

    private async Task<ConfigurationSnapshot> FindAsync(ParseResult parsed, IGrainFactory grains)
    {
        var wanted = parsed.GetValue(key)!;
        if (parsed.GetValue(within) is { } name)
        {
            var found = await SweepCommands.FindAsync(grains, name);
            var all = (await grains.GetGrain<ISweepGrain>(found.Name).Configurations()).Select(c => c.Key).ToList();
            // The whole of a part between dots, so that m=2 is not m=256; the grid's own before the confirming one.
            var matches = all.Where(k => $".{k}.".Contains($".{wanted}.", StringComparison.Ordinal)).OrderBy(k => k.Length).ToList();
            if (matches.Count == 0 || (matches.Count > 1 && matches[0].Length == matches[1].Length))
            {
                throw new CommandFailedException($"key: found {matches.Count} configurations of {name} with '{wanted}', wanted one; 'smallbatch config list {name}' lists them");
            }

            wanted = matches[0];
        }

        return await grains.GetGrain<IConfigurationGrain>(wanted).Describe()
            ?? throw new CommandFailedException($"key: found no configuration '{wanted}', or it was not queued yet; 'smallbatch config list SWEEP' lists them");
    }

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
