using System.CommandLine;
using SmallBatch.Client.Views;

namespace SmallBatch.Client.Commands;

/// <summary><c>completion</c>: scripts by which shells complete command lines; each asks the program itself for what fits.</summary>
internal sealed class CompletionCommand(CommandContext context)
{
    private readonly Argument<string> shell = new("shell") { Description = "bash, zsh, fish or pwsh" };

    /// <summary>The script for each shell.</summary>
    public static IReadOnlyDictionary<string, string> Scripts { get; } = new Dictionary<string, string>
    {
        ["bash"] = """
            _smallbatch() {
              local IFS=$'\n'
              COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _smallbatch smallbatch
            """,
        ["zsh"] = """
            _smallbatch() {
              local -a found
              found=("${(@f)$("${words[1]}" "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
              compadd -a found || _files
            }
            compdef _smallbatch smallbatch
            """,
        ["fish"] = """
            complete -c smallbatch -a '(smallbatch "[suggest:"(commandline -C)"]" (commandline -b) 2>/dev/null)'
            """,
        ["pwsh"] = """
            Register-ArgumentCompleter -Native -CommandName smallbatch -ScriptBlock {
              param($word, $line, $cursor)
              smallbatch "[suggest:$cursor]" "$line" 2>$null | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }
            """,
    };

    /// <summary>The command.</summary>
    public Command Create()
    {
        shell.CompletionSources.Add([.. Scripts.Keys]);
        return context.Plain(
            "completion",
            "Prints a script by which a shell completes smallbatch's commands and options.\n\n  source <(smallbatch completion bash)\n  smallbatch completion fish > ~/.config/fish/completions/smallbatch.fish",
            Print,
            shell);
    }

    private Task<int> Print(ParseResult parsed, CancellationToken cancellationToken)
    {
        var wanted = parsed.GetValue(shell)!;
        Output.Plain(context.Console, Scripts.GetValueOrDefault(wanted) ?? throw new BadInputException($"shell: found {wanted}, wanted {string.Join(", ", Scripts.Keys)}"));
        return Task.FromResult(ExitCode.Ok);
    }
}
