using System.CommandLine;
using System.CommandLine.Parsing;
using SmallBatch.Client;
using SmallBatch.Client.Commands;
using SmallBatch.K8s.Tests.Objects;

namespace SmallBatch.K8s.Tests.Policies;

/// <summary>What Jobs ask of the console is what the console takes.</summary>
internal sealed class VerbsAgree : IPolicy
{
    /// <inheritdoc/>
    public IEnumerable<string> Complaints(Rendering rendering)
    {
        var root = new RootCommand { new DataCommands(new CommandContext(SmallBatchConsole.StandardOutput(), TextWriter.Null, TimeProvider.System)).Create() };
        return
            from workload in rendering.Workloads
            from container in workload.Containers
            where container.Image.Contains("/smallbatch-client:", StringComparison.Ordinal)
            from complaint in OfArguments(root.Parse([.. container.Args]))
            select $"{workload.Name}, {container.Name}: {complaint}";
    }

    /// <summary>An option that is not known would be taken for an argument.</summary>
    private static IEnumerable<string> OfArguments(ParseResult parsed) =>
        parsed.Errors.Select(e => e.Message)
            .Concat(parsed.Tokens.Where(t => t.Type == TokenType.Argument && t.Value.StartsWith('-')).Select(t => $"found {t.Value}, wanted an option of that verb"));
}
