using System.CommandLine;
using SmallBatch.Client.Export;
using SmallBatch.Client.Views;
using SmallBatch.Contracts.Results;

namespace SmallBatch.Client.Commands;

/// <summary><c>results show|export</c>.</summary>
internal sealed class ResultCommands(CommandContext context)
{
    private readonly Argument<string> sweep = new("sweep") { Description = "The sweep's name" };
    private readonly Option<string> output = new("--out") { Description = "Folder for the files", DefaultValueFactory = _ => "." };

    /// <summary>The commands.</summary>
    public Command Create()
    {
        var results = new Command("results", "Shows what a sweep says.");
        results.Add(context.OnCluster("show", "Shows the table and the answer; csv prints results.csv.\n\n  smallbatch results show quickstart", ShowAsync, sweep, context.Format));
        results.Add(context.OnCluster("export", "Writes results.csv, curves.csv and runs.csv, and where it was measured update-variance.csv.\n\n  smallbatch results export quickstart --out results/", ExportAsync, sweep, output));
        return results;
    }

    private async Task<int> ShowAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var results = await ReadAsync(parsed, grains, cancellationToken);
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

    private async Task<int> ExportAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (ResultFiles.Refusal(parsed.GetValue(output)!) is { } refusal)
        {
            throw new BadInputException(refusal);
        }

        var results = await ReadAsync(parsed, grains, cancellationToken);
        Output.Plain(context.Console, $"results.csv, curves.csv and runs.csv are in {ResultFiles.Write(results, parsed.GetValue(output)!)}");
        return ExitCode.Ok;
    }

    private async Task<SweepResults> ReadAsync(ParseResult parsed, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var found = await SweepCommands.FindAsync(grains, parsed.GetValue(sweep)!);
        return await grains.GetGrain<IAggregatorGrain>(found.SweepId).Results(cancellationToken);
    }
}
