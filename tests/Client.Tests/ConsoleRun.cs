using Spectre.Console;

namespace SmallBatch.Client.Tests;

/// <summary>A whole command line in this process.</summary>
internal static class ConsoleRun
{
    /// <summary>The program, for tests that need a process of its own.</summary>
    public static string Program
    {
        get
        {
            var own = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(own.Parent!.Parent!.FullName, "Client", own.Name, "smallbatch");
        }
    }

    public static async Task<(int Code, string Output, string Errors)> Async(params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No });
        var code = await SmallBatchConsole.RunAsync(arguments, console, errors, TimeProvider.System);
        return (code, output.ToString(), errors.ToString());
    }
}
