using System.CommandLine;
using System.Globalization;
using SmallBatch.Client.Views;
using SmallBatch.Client.Writing;
using SmallBatch.Specs;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Client.Commands;

/// <summary><c>sweep new</c>: a commented specification, by asking on a terminal, and by options.</summary>
internal sealed class NewSpecCommand(CommandContext context)
{
    private readonly Argument<string?> file = new("file") { Description = "The file to write; default NAME.yaml", Arity = ArgumentArity.ZeroOrOne };
    private readonly Dictionary<string, Option<string?>> options = SpecQuestion.All.SelectMany(q => q.Keys.Select(k => (Question: q, Key: k))).ToDictionary(
        k => k.Key,
        k => new Option<string?>(SpecQuestion.Option(k.Key))
        {
            Description = k.Key == k.Question.Key ? $"{k.Question.Asks}; default {k.Question.Fallback}" : $"The same in {k.Key}, in the place of {SpecQuestion.Option(k.Question.Key)}",
            HelpName = "VALUE",
        });

    /// <summary>The command.</summary>
    public Command Create() => context.Plain(
        "new",
        "Writes a commented specification: asks for what no option gives, and without a terminal takes the defaults. Overwrites nothing.\n\n  smallbatch sweep new\n  smallbatch sweep new cifar.yaml --dataset cifar10 --network resnet20 --batch-sizes 8..512 --epochs 40\n  smallbatch sweep new short.yaml --updates 3000",
        WriteAsync,
        [file, .. options.Values]);

    private async Task<int> WriteAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var named = parsed.GetValue(file);
        Free(named);
        var folder = named is null ? Directory.GetCurrentDirectory() : Path.GetDirectoryName(Path.GetFullPath(named))!;
        var answers = await AnswersAsync(parsed, named, folder, cancellationToken);
        var text = WrittenSpec.Text(q => answers[q.Key]);
        var draft = WrittenSpec.Draft(text, folder);

        // What is made up is known here; of other data the silos and 'run' say what does not fit.
        var plan = draft.Dataset is { Kind: "synthetic" } made ? SweepPlan.Of(draft, DatasetCatalog.Inspect(made, null)) : null;
        var wrong = plan?.Errors ?? draft.Errors;
        if (wrong.Count > 0)
        {
            throw new BadInputException(wrong.Select(Line));
        }

        var path = named ?? $"{draft.Spec!.Name}.yaml";
        Free(path);
        await using (var stream = new FileStream(path, FileMode.CreateNew))
        await using (var writer = new StreamWriter(stream))
        {
            await writer.WriteAsync(text.AsMemory(), cancellationToken);
        }

        var spec = draft.Spec!;
        var cost = plan?.Value is { } known ? $", predicted about {Format.Time(known.PredictedSeconds(Environment.ProcessorCount))} on this machine" : "";
        Output.Prose(context.Console, string.Create(CultureInfo.InvariantCulture, $"{path}: {spec.BatchSizes.Count} batch sizes × {spec.BaseLearningRates.Count} base learning rates{cost}. 'smallbatch run {path}{(spec.Dataset.Kind == "synthetic" ? "" : " --data DIR")}' runs it here, 'smallbatch sweep preview {path}' says what it costs on a cluster."));
        return ExitCode.Ok;
    }

    private async Task<Dictionary<string, string>> AnswersAsync(ParseResult parsed, string? named, string folder, CancellationToken cancellationToken)
    {
        var console = context.Console;
        var interview = console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal && !System.Console.IsInputRedirected ? new SpecInterview(console, folder) : null;
        var answers = new Dictionary<string, string>();
        foreach (var question in SpecQuestion.All)
        {
            var given = question.Keys.Where(k => parsed.GetValue(options[k]) is not null).ToList();
            if (given.Count > 1)
            {
                throw new BadInputException($"{SpecQuestion.Option(given[1])}: found beside {SpecQuestion.Option(given[0])}, wanted one of {string.Join(", ", question.Keys.Select(SpecQuestion.Option))}");
            }

            var offered = question.Key == "name" && Path.GetFileNameWithoutExtension(named) is { } stem && SweepSpecReader.IsName(stem) ? stem : question.Fallback;
            answers[question.Key] = given is [var key] ? question.Answer(key, parsed.GetValue(options[key])!)
                : interview is null ? offered
                : await interview.AskAsync(question, offered, cancellationToken);
        }

        return answers;
    }

    private static void Free(string? path)
    {
        if (path is not null && (File.Exists(path) || Directory.Exists(path)))
        {
            throw new BadInputException($"file: found {path}, which is there already, wanted a name that is free");
        }
    }

    /// <summary>An error by the option that gave what is wrong.</summary>
    private static string Line(SpecError error) => error.Path.Split('.', '[')[0] is var root && SpecQuestion.All.Any(q => q.Keys.Contains(root))
        ? $"{SpecQuestion.Option(root)}{error.Path[root.Length..]}: found {error.Found}, wanted {error.Wanted}"
        : error.ToString();
}
