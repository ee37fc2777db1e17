using System.CommandLine;
using SmallBatch.Client.Commands;
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
        var context = new CommandContext(console, errors, time);
        var root = new RootCommand("SmallBatch finds out which mini-batch size trains a network best.")
        {
            new RunCommand(context).Create(),
            new SiloCommand(context).Create(),
            new SweepCommands(context).Create(),
            new ConfigCommands(context).Create(),
            new PoolCommands(context).Create(),
            new ResultCommands(context).Create(),
            new DataCommands(context).Create(),
        };
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            parsed.Errors.ToList().ForEach(e => errors.WriteLine(e.Message));
            errors.WriteLine("'smallbatch --help' lists the commands, 'smallbatch COMMAND --help' shows one with an example.");
            return ExitCode.BadInput;
        }

        return await parsed.InvokeAsync(new() { ProcessTerminationTimeout = StopLimit });
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
