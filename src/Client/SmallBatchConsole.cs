using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using SmallBatch.Client.Commands;
using SmallBatch.Specs;
using Spectre.Console;

namespace SmallBatch.Client;

/// <summary>The console: its commands, and how it is run.</summary>
internal static class SmallBatchConsole
{
    /// <summary>In a pipe nothing is left out or broken.</summary>
    private const int PipeWidth = 10_000;
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(3);

    /// <summary>Runs one command line; answers the exit code.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, IAnsiConsole console, TextWriter errors, TimeProvider time)
    {
        var (parsed, wrong) = Parse(arguments, new(console, errors, time));

        // A line that a shell wants completed is not finished yet.
        if (wrong.Count > 0 && parsed.Tokens is not [{ Type: TokenType.Directive }, ..])
        {
            wrong.ToList().ForEach(errors.WriteLine);
            errors.WriteLine("'smallbatch --help' lists the commands, 'smallbatch COMMAND --help' shows one with an example.");
            return ExitCode.BadInput;
        }

        return await parsed.InvokeAsync(new() { ProcessTerminationTimeout = StopLimit });
    }

    /// <summary>Reads one command line without running it, and says all that is wrong with it.</summary>
    public static (ParseResult Parsed, IReadOnlyList<string> Wrong) Parse(IReadOnlyList<string> arguments, CommandContext context)
    {
        var root = new RootCommand("SmallBatch finds out which mini-batch size trains a network best.")
        {
            new RunCommand(context).Create(),
            new SiloCommand(context).Create(),
            new SweepCommands(context).Create(),
            new ConfigCommands(context).Create(),
            new PoolCommands(context).Create(),
            new ResultCommands(context).Create(),
            new DataCommands(context).Create(),
            new StoreCommands(context).Create(),
            new DoctorCommand(context).Create(),
            new CompletionCommand(context).Create(),
        };
        root.Options.Remove(root.Options.OfType<HelpOption>().Single());
        root.Add(ExampleHelp.Option(context));
        var suggest = root.Directives.OfType<SuggestDirective>().Single();
        suggest.Action = new Suggestions((SynchronousCommandLineAction)suggest.Action!);
        var parsed = root.Parse(arguments);
        return (parsed, Wrong(parsed));
    }

    private static List<string> Wrong(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (command.Subcommands.Count > 0 && parsed.Errors.Count > 0)
        {
            var verbs = command.Subcommands.Select(c => c.Name).ToList();
            var found = parsed.UnmatchedTokens is [var first, ..] ? first : null;
            return [$"{command.Name}: found {found ?? "no command"}, wanted {Nearest.Of(found, verbs) ?? $"one of {string.Join(", ", verbs)}"}"];
        }

        // An option that the verb does not have would be taken for an argument where it has one.
        var strays = parsed.Tokens.Where(t => t is { Type: TokenType.Argument, Value: ['-', not (>= '0' and <= '9'), ..] })
            .Select(t => $"{t.Value}: found an option that '{command.Name}' does not have, wanted {Nearest.Of(t.Value, command.Options.Select(o => o.Name)) ?? "one that its --help lists"}")
            .ToList();
        var known = parsed.UnmatchedTokens.Distinct().ToDictionary(t => $"Unrecognized command or argument '{t}'.", t => $"{t}: found one word too many, wanted none; an option is repeated for each of its values", StringComparer.Ordinal);
        return strays.Count > 0 ? strays : [.. parsed.Errors.Select(e => known.GetValueOrDefault(e.Message, e.Message))];
    }

    /// <summary>The console on standard output: wide and without colours in a pipe.</summary>
    public static IAnsiConsole StandardOutput()
    {
        var console = AnsiConsole.Create(new());
        if (System.Console.IsOutputRedirected)
        {
            console.Profile.Width = PipeWidth;
        }

        return console;
    }
}
