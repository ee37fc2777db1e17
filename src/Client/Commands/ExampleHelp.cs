using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace SmallBatch.Client.Commands;

/// <summary><c>--help</c>: what the library prints, and the command's examples below it.</summary>
internal sealed class ExampleHelp(SynchronousCommandLineAction help, CommandContext context) : SynchronousCommandLineAction
{
    /// <summary>The option, in the place of the library's, which has names of other systems too.</summary>
    public static HelpOption Option(CommandContext context)
    {
        var option = new HelpOption("--help", "-h", "-?") { Description = "Show this" };
        option.Action = new ExampleHelp((SynchronousCommandLineAction)option.Action!, context);
        return option;
    }

    /// <summary>Whoever asks for help need not have given what the command wants.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var code = help.Invoke(parseResult);
        if (context.Examples(parseResult.CommandResult.Command) is { } examples)
        {
            parseResult.InvocationConfiguration.Output.WriteLine($"{(examples.Contains('\n', StringComparison.Ordinal) ? "Examples" : "Example")}:\n{examples}\n");
        }

        return code;
    }
}
