using System.CommandLine;
using SmallBatch.Client.Views;
using SmallBatch.Specs.Schemas;

namespace SmallBatch.Client.Commands;

/// <summary><c>sweep schema</c>: what an editor needs to complete and check a specification while it is written.</summary>
internal sealed class SchemaCommand(CommandContext context)
{
    private readonly Option<bool> network = new("--network") { Description = "That of a network's list of layers" };

    /// <summary>The command.</summary>
    public Command Create() => context.Plain(
        "schema",
        "Prints the JSON schema of a specification, or of a network's list of layers; an editor that the first line of a YAML file names it to completes and checks that file.\n\n  smallbatch sweep schema > spec.schema.json\n  then as the first line: # yaml-language-server: $schema=spec.schema.json",
        Print,
        network);

    private Task<int> Print(ParseResult parsed, CancellationToken cancellationToken)
    {
        Output.Plain(context.Console, (parsed.GetValue(network) ? SpecSchemas.Network : SpecSchemas.Sweep).TrimEnd('\n'));
        return Task.FromResult(ExitCode.Ok);
    }
}
