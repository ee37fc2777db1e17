using Spectre.Console;

namespace SmallBatch.Client.Writing;

/// <summary>Asks for a specification's keys, each until its answer can be read; Enter takes what is offered.</summary>
internal sealed class SpecInterview(IAnsiConsole console, string folder)
{
    /// <summary>One answer.</summary>
    public Task<string> AskAsync(SpecQuestion question, string offered, CancellationToken cancellationToken)
    {
        var prompt = new TextPrompt<string>(Markup.Escape(question.Asks))
            .DefaultValue(offered)
            .Validate(answer => WrittenSpec.Wrong(question, answer, folder) is { } wrong
                ? ValidationResult.Error($"[red]{Markup.Escape($"found {wrong.Found}, wanted {wrong.Wanted}")}[/]")
                : ValidationResult.Success());
        return prompt.ShowAsync(console, cancellationToken);
    }
}
