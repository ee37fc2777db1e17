using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace SmallBatch.Client.Commands;

/// <summary>
/// <c>[suggest:CURSOR]</c>, which the scripts of <see cref="CompletionCommand"/> ask: what the library says that fits, options only where a dash has begun one, so that a
/// shell offers its files where a file is wanted.
/// </summary>
internal sealed class Suggestions(SynchronousCommandLineAction library) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var line = parseResult.Tokens.LastOrDefault(t => t.Type != TokenType.Directive)?.Value ?? "";
        var cursor = parseResult.Tokens is [{ Value: var asked }, ..] && int.TryParse(asked.Trim('[', ']').Split(':')[^1], out var at) ? Math.Clamp(at, 0, line.Length) : line.Length;
        var isOption = line[..cursor].Split(' ')[^1].StartsWith('-');
        var (output, all) = (parseResult.InvocationConfiguration.Output, new StringWriter());
        parseResult.InvocationConfiguration.Output = all;
        var code = library.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output = output;
        foreach (var fit in all.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(f => isOption || !f.StartsWith('-')))
        {
            output.WriteLine(fit);
        }

        return code;
    }
}
