using System.CommandLine;
using SmallBatch.Client.Charts;
using SmallBatch.Client.Export;
using SmallBatch.Client.Views;
using SmallBatch.Contracts.Results;
using SmallBatch.Pictures;
using SmallBatch.Reports;

namespace SmallBatch.Client.Commands;

/// <summary><c>results show|compare|plot|report|export</c>.</summary>
internal sealed class ResultCommands(CommandContext context)
{
    private readonly Argument<string> sweep = new("sweep") { Description = "The sweep's name; with a shorter budget that it had, NAME@5-epochs" };
    private readonly Argument<string[]> sweeps = new("sweep") { Description = "The sweeps' names; pictures that compare sweeps take all of them together", Arity = ArgumentArity.OneOrMore };
    private readonly Argument<string> first = new("a") { Description = "A sweep's name" };
    private readonly Argument<string> second = new("b") { Description = "Another's" };
    private readonly Option<ExportForm[]> forms = CommandOptions.Words("--as", "What to write; default csv", Enum.GetValues<ExportForm>().ToDictionary(f => f.ToString().ToLowerInvariant()));
    private readonly Option<string> output = new("--out") { Description = "Folder for the files", DefaultValueFactory = _ => "." };
    private readonly Option<bool> mixed = new("--mixed") { Description = "Take sweeps of different numerics classes together" };
    private readonly Option<bool> inline = new("--inline") { Description = $"Draw in the console, in place of files: {string.Join(", ", InlineCharts.Kinds.Select(PictureKinds.Name))}" };
    private readonly Option<PictureKind[]> kinds = CommandOptions.Words("--kind", "What to draw; default: everything that the results hold", PictureKinds.All);

    /// <summary>The commands.</summary>
    public Command Create()
    {
        var results = new Command("results", "Shows what a sweep says.");
        results.Add(context.OnCluster("show", "Shows the table and the answer; csv prints results.csv.\n\n  smallbatch results show quickstart", ShowAsync, sweep, context.Format));
        results.Add(context.OnCluster(
            "compare",
            "Compares two sweeps batch size by batch size, each at its best, and names the settings in which they differ.\n\n  smallbatch results compare fig05 fig06",
            CompareAsync, first, second, mixed, context.Format));
        results.Add(context.OnCluster(
            "plot",
            "Draws pictures, each as SVG and as PNG: NAME-KIND.svg and NAME-KIND.png.\n\n  smallbatch results plot quickstart --kind heat-map --kind best --out pictures/\n  smallbatch results plot quickstart --inline",
            PlotAsync, sweeps, kinds, inline, mixed, output));
        results.Add(context.OnCluster(
            "report",
            "Writes report.html, one page that needs no network: warnings, the answer, the paper's claims judged, the evidence, the pictures.\n\n  smallbatch results report fig05 fig06 --out report/",
            ReportAsync, sweeps, mixed, output));
        results.Add(context.OnCluster("export", "Writes results.csv, curves.csv and runs.csv, and where it was measured update-variance.csv; results.parquet and curves.parquet; results.json; or the folder tensorboard.\n\n  smallbatch results export quickstart --as csv --as parquet --out results/", ExportAsync, sweep, forms, output));
        return results;
    }

    private async Task<int> ShowAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var results = await ReadAsync(parsed.GetValue(sweep)!, grains, cancellationToken);
        switch (parsed.GetValue(context.Format))
        {
            case OutputFormat.Json:
                Output.Document(context.Console, results);
                break;
            case OutputFormat.Csv:
                Output.Plain(context.Console, ResultFiles.Results(results).TrimEnd('\n'));
                break;
            default:
                ResultView.Write(context.Console, results);
                break;
        }

        return ExitCode.Ok;
    }

    private async Task<int> CompareAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (a, b) = (await ReadAsync(parsed.GetValue(first)!, grains, cancellationToken), await ReadAsync(parsed.GetValue(second)!, grains, cancellationToken));
        if (NumericsClasses.Refusal([a, b], parsed.GetValue(mixed)) is { } refusal)
        {
            throw new BadInputException(refusal);
        }

        ComparisonView.Write(context.Console, parsed.GetValue(context.Format), SweepComparison.Of(a, b));
        return ExitCode.Ok;
    }

    private async Task<int> PlotAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var asked = parsed.GetValue(kinds) is { Length: > 0 } some ? some : null;
        if (parsed.GetValue(inline))
        {
            return PlotInline(await ReadAllAsync(parsed, grains, cancellationToken), asked);
        }

        var folder = Folder(parsed);
        var results = await ReadAllAsync(parsed, grains, cancellationToken);
        var (pictures, notDrawn) = SweepPictures.Of(results, asked ?? Enum.GetValues<PictureKind>());
        foreach (var picture in pictures)
        {
            Output.Plain(context.Console, PictureFiles.Write(picture, folder));
        }

        foreach (var missing in notDrawn)
        {
            context.Error($"{missing.Sweep}: no {PictureKinds.Name(missing.Kind)}: {missing.Reason}.");
        }

        // Not an error where everything was asked for: not every sweep measures everything.
        return pictures.Count > 0 && (asked is null || notDrawn.Count == 0) ? ExitCode.Ok : ExitCode.Failed;
    }

    private int PlotInline(IReadOnlyList<SweepResults> results, PictureKind[]? asked)
    {
        var missing = 0;
        foreach (var (sweep, kind) in results.SelectMany(r => (asked ?? InlineCharts.Kinds).Distinct(), (r, k) => (r, k)))
        {
            if (InlineCharts.Print(context.Console, sweep, kind) is { } reason)
            {
                missing++;
                context.Error($"{sweep.Sweep.Name}: no {PictureKinds.Name(kind)}: {reason}.");
            }
        }

        return missing == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private async Task<int> ReportAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var folder = Folder(parsed);
        var results = await ReadAllAsync(parsed, grains, cancellationToken);
        Output.Plain(context.Console, ReportFile.Write(results, parsed.GetValue(mixed), folder));
        return ExitCode.Ok;
    }

    private async Task<int> ExportAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var folder = Folder(parsed);
        var results = await ReadAsync(parsed.GetValue(sweep)!, grains, cancellationToken);
        foreach (var form in parsed.GetValue(forms) is { Length: > 0 } asked ? asked.Distinct() : [ExportForm.Csv])
        {
            Output.Plain(context.Console, form switch
            {
                ExportForm.Parquet => $"results.parquet and curves.parquet are in {await ParquetFiles.WriteAsync(results, folder, cancellationToken)}",
                ExportForm.Json => $"results.json is in {ResultFiles.WriteJson(results, folder)}",
                ExportForm.TensorBoard => $"a run for each replica is in {TensorBoardFiles.Write(results, folder)}",
                _ => $"results.csv, curves.csv and runs.csv are in {ResultFiles.Write(results, folder)}",
            });
        }

        return ExitCode.Ok;
    }

    /// <summary>The folder for files; said before anything is asked of the cluster.</summary>
    private string Folder(ParseResult parsed) => ResultFiles.Refusal(parsed.GetValue(output)!) is { } refusal ? throw new BadInputException(refusal) : parsed.GetValue(output)!;

    private async Task<IReadOnlyList<SweepResults>> ReadAllAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var read = new List<SweepResults>();
        foreach (var name in parsed.GetValue(sweeps)!.Distinct())
        {
            read.Add(await ReadAsync(name, grains, cancellationToken));
        }

        return read.Count > 1 && NumericsClasses.Refusal(read, parsed.GetValue(mixed)) is { } refusal ? throw new BadInputException(refusal) : read;
    }

    private static async Task<SweepResults> ReadAsync(string name, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var at = name.IndexOf('@', StringComparison.Ordinal);
        var found = await SweepCommands.FindAsync(grains, at < 0 ? name : name[..at]);
        var results = grains.GetGrain<IAggregatorGrain>(found.SweepId);
        if (at < 0)
        {
            return await results.Results(cancellationToken);
        }

        var budgets = (found.ShorterBudgets ?? []).ToDictionary(BudgetName.Of, StringComparer.Ordinal);
        if (budgets.TryGetValue(name[(at + 1)..], out var budget) && await results.ResultsAtBudget(budget, cancellationToken) is { } shorter)
        {
            return shorter with { Sweep = shorter.Sweep with { Name = name } };
        }

        throw new BadInputException($"sweep: found '{name}', wanted {(budgets.Count == 0 ? $"{found.Name}: it has had no shorter budget than {found.Budget}" : $"{found.Name}, or one of {string.Join(", ", budgets.Keys.Select(b => $"{found.Name}@{b}"))}")}");
    }
}
