using System.Globalization;
using System.Text.RegularExpressions;

namespace SmallBatch.Bench.Chaos.History;

/// <summary>Reads events from log lines, by their words alone: nothing of the product's code is used.</summary>
internal static partial class HistoryReader
{
    /// <summary>The setting with which silos log them.</summary>
    public const string Setting = "--Logging:LogLevel:SmallBatch=Debug";

    /// <summary>Every event, in the order of the lines.</summary>
    public static IReadOnlyList<HistoryEvent> Read(IEnumerable<string> lines) => [.. lines.Select(Read).OfType<HistoryEvent>()];

    /// <summary>The time of a line; null where it has none.</summary>
    public static DateTimeOffset? Time(string line) =>
        DateTimeOffset.TryParse(line.AsSpan(0, Math.Max(0, line.IndexOf(' '))), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    private static HistoryEvent? Read(string line)
    {
        if (Time(line) is not { } at)
        {
            return null;
        }

        if (Step().Match(line) is { Success: true } step)
        {
            return new HistoryEvent.StepReached(at, Text(step, "c"), Text(step, "t"), Number(step, "s"));
        }

        if (Attempt().Match(line) is { Success: true } attempt)
        {
            return new HistoryEvent.AttemptBegan(at, Text(attempt, "c"), Text(attempt, "t"), (int)Number(attempt, "n"), Number(attempt, "s"), Text(attempt, "r"));
        }

        if (Checkpoint().Match(line) is { Success: true } checkpoint)
        {
            return new HistoryEvent.CheckpointTaken(at, Text(checkpoint, "c"), Text(checkpoint, "t"), (int)Number(checkpoint, "n"), Number(checkpoint, "s"), Text(checkpoint, "r"));
        }

        if (End().Match(line) is { Success: true } end)
        {
            return new HistoryEvent.EndTaken(at, Text(end, "c"), Text(end, "t"), Text(end, "e"), Number(end, "s"), Text(end, "r"));
        }

        if (GivenUp().Match(line) is { Success: true } lost)
        {
            return new HistoryEvent.TokenGivenUp(at, Text(lost, "c"), Text(lost, "t"));
        }

        if (Refused().Match(line) is { Success: true } refused)
        {
            return new HistoryEvent.StaleRefused(at, Text(refused, "c"), Text(refused, "t"), Text(refused, "m"));
        }

        return Stored().Match(line) is { Success: true } stored
            ? new HistoryEvent.Outcome(at, Text(stored, "c"), (int)Number(stored, "n"), Text(stored, "d"), Text(stored, "w") == "is stored")
            : null;
    }

    private static string Text(Match match, string group) => match.Groups[group].Value;

    private static long Number(Match match, string group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@" (?<c>\S+): token (?<t>\S+) is at step (?<s>\d+)$")]
    private static partial Regex Step();

    [GeneratedRegex(@" (?<c>\S+) began attempt (?<n>\d+) under token (?<t>\S+) from step (?<s>\d+); row (?<r>.+)$")]
    private static partial Regex Attempt();

    [GeneratedRegex(@" (?<c>\S+) took checkpoint (?<n>\d+) of token (?<t>\S+) at step (?<s>\d+); row (?<r>.+)$")]
    private static partial Regex Checkpoint();

    [GeneratedRegex(@" (?<c>\S+) took end (?<e>\w+) of token (?<t>\S+) at step (?<s>\d+); row (?<r>.+)$")]
    private static partial Regex End();

    [GeneratedRegex(@" (?<c>\S+) gave up token (?<t>\S+): ")]
    private static partial Regex GivenUp();

    [GeneratedRegex(@" (?<c>\S+) refused (?<m>\w+) of token (?<t>\S+);")]
    private static partial Regex Refused();

    [GeneratedRegex(@" (?<c>\S+): outcome of replica (?<n>\d+) (?<w>is stored|was stored already), (?<d>[0-9a-f]+)$")]
    private static partial Regex Stored();
}
