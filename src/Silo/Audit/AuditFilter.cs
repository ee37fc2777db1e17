using System.Globalization;
using System.Reflection;
using SmallBatch.Contracts.Audit;

namespace SmallBatch.Silo.Audit;

/// <summary>Writes the audit log, category <c>SmallBatch.Audit</c>: who submitted, paused, cancelled, deleted, drained, and what came of it; by console or HTTP.</summary>
internal sealed partial class AuditFilter(ILoggerFactory loggers) : IIncomingGrainCallFilter
{
    /// <summary>The log's category.</summary>
    public const string Category = "SmallBatch.Audit";

    private const int Longest = 200;

    private readonly ILogger log = loggers.CreateLogger(Category);

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        // Grains call each other a thousand times for each call of a person.
        if (context.SourceId is not { } source || !source.IsClient() || context.InterfaceMethod.GetCustomAttribute<AuditedAttribute>() is null)
        {
            await context.Invoke();
            return;
        }

        var who = Line(RequestContext.Get(CallerName.Key) as string ?? "somebody without a name");
        var (what, on) = (What(context, who), context.TargetId.ToString());
        try
        {
            await context.Invoke();
        }
        catch (Exception failure)
        {
            Failed(who, what, on, failure.Message);
            throw;
        }

        if ((context.Result as IAuditedReply)?.Refusal is { } refusal)
        {
            Refused(who, what, on, refusal);
        }
        else
        {
            Done(who, what, on);
        }
    }

    /// <summary>What others say, as a part of one line: nobody adds lines of his own to the log.</summary>
    private static string Line(string text) => string.Concat(text.Take(Longest).Select(c => char.IsControl(c) ? ' ' : c));

    /// <summary>The method and its short arguments: "Act Cancel", "Drain silo-1". No specification, and nothing that runs over a line.</summary>
    private static string What(IIncomingGrainCallContext context, string who) => string.Join(' ', Enumerable.Range(0, context.Request.GetArgumentCount())
        .Select(context.Request.GetArgument)
        .Where(a => a is Enum || (a is string { Length: <= Longest } text && !who.StartsWith(text, StringComparison.Ordinal)))
        .Select(a => Line(Convert.ToString(a, CultureInfo.InvariantCulture)!))
        .Prepend(context.InterfaceMethod.Name));

    [LoggerMessage(Level = LogLevel.Information, Message = "{Who}: {What} on {Target}: done")]
    private partial void Done(string who, string what, string target);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Who}: {What} on {Target}: refused: {Why}")]
    private partial void Refused(string who, string what, string target, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Who}: {What} on {Target}: failed: {Why}")]
    private partial void Failed(string who, string what, string target, string why);
}
