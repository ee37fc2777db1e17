namespace SmallBatch.Bench.Chaos.History;

/// <summary>
/// Checks what was logged against the promises of the lease protocol, without the product's code. Rows are compared within
/// the time between two rollbacks of the store: one may undo what was stored before it, and nothing else may.
/// </summary>
internal static class HistoryChecker
{
    /// <summary>Every rule that is broken.</summary>
    /// <param name="events">In the order of each silo's log.</param>
    /// <param name="replicas">Replicas of every configuration that is to have ended; null where that is not to be checked.</param>
    /// <param name="rollbacks">When the store lost its last seconds.</param>
    public static IReadOnlyList<Violation> Check(IReadOnlyList<HistoryEvent> events, IReadOnlyDictionary<string, int>? replicas = null, IReadOnlyList<DateTimeOffset>? rollbacks = null)
    {
        var found = new List<Violation>();
        foreach (var history in events.GroupBy(e => e.Configuration, StringComparer.Ordinal))
        {
            found.AddRange(Outcomes(history.Key, [.. history.OfType<HistoryEvent.Outcome>()], rollbacks ?? []));
            found.AddRange(Steps(history.Key, [.. history]));
            foreach (var undisturbed in history.GroupBy(e => (rollbacks ?? []).Count(r => r < e.At)))
            {
                found.AddRange(Rows(history.Key, [.. undisturbed.OfType<HistoryEvent.IStored>().OrderBy(e => e.Row, StringComparer.Ordinal)]));
            }
        }

        var ended = events.OfType<HistoryEvent.Outcome>().GroupBy(o => o.Configuration, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Select(o => o.Replica).Distinct().Count(), StringComparer.Ordinal);
        found.AddRange((replicas ?? new Dictionary<string, int>()).Where(r => ended.GetValueOrDefault(r.Key) != r.Value)
            .Select(r => new Violation("every outcome", r.Key, $"found outcomes of {ended.GetValueOrDefault(r.Key)} replicas, wanted {r.Value}")));
        return found;
    }

    /// <summary>A replica's outcome is inserted once, and whoever offers another offers the same bytes.</summary>
    private static IEnumerable<Violation> Outcomes(string configuration, IReadOnlyList<HistoryEvent.Outcome> outcomes, IReadOnlyList<DateTimeOffset> rollbacks)
    {
        foreach (var replica in outcomes.GroupBy(o => o.Replica))
        {
            if (replica.Select(o => o.Digest).Distinct().Count() > 1)
            {
                yield return new("one outcome", configuration, $"replica {replica.Key} ended in different bytes: {string.Join(", ", replica.Select(o => o.Digest).Distinct())}");
            }

            if (replica.Where(o => o.IsNew).GroupBy(o => rollbacks.Count(r => r < o.At)).Any(g => g.Count() > 1))
            {
                yield return new("exactly once", configuration, $"replica {replica.Key} was stored {replica.Count(o => o.IsNew)} times");
            }
        }
    }

    /// <summary>A trainer's words go forward, and it trains under a token that its configuration stored.</summary>
    private static IEnumerable<Violation> Steps(string configuration, IReadOnlyList<HistoryEvent> events)
    {
        var began = events.OfType<HistoryEvent.AttemptBegan>().Select(b => b.Token).ToHashSet(StringComparer.Ordinal);
        foreach (var words in events.OfType<HistoryEvent.StepReached>().GroupBy(s => s.Token, StringComparer.Ordinal))
        {
            if (!began.Contains(words.Key))
            {
                yield return new("no attempt, no training", configuration, $"token {words.Key} trained, and no attempt of it was stored");
            }

            foreach (var (before, after) in words.Zip(words.Skip(1)).Where(p => p.Second.Step < p.First.Step))
            {
                yield return new("steps rise", configuration, $"token {words.Key} was at step {before.Step}, then at {after.Step}");
            }
        }
    }

    /// <summary>What was stored, in the order in which it was stored.</summary>
    private static IEnumerable<Violation> Rows(string configuration, IReadOnlyList<HistoryEvent.IStored> rows)
    {
        HistoryEvent.AttemptBegan? current = null;
        HistoryEvent.CheckpointTaken? newest = null;
        string? completed = null;
        foreach (var row in rows)
        {
            switch (row)
            {
                case HistoryEvent.AttemptBegan began:
                    if (began.Token == current?.Token && began.Attempt == current.Attempt)
                    {
                        // Offered once more: the answer to the first time was lost.
                        break;
                    }

                    if (current is not null && (string.CompareOrdinal(began.Token, current.Token) <= 0 || began.Attempt <= current.Attempt))
                    {
                        yield return new("tokens rise", configuration, $"attempt {began.Attempt} under {began.Token} followed attempt {current.Attempt} under {current.Token}");
                    }

                    // It may go on from a later one, whose commit got through while the answer, and so the line, was lost.
                    if (began.Step < newest?.Step)
                    {
                        yield return new("nothing committed is lost", configuration, $"attempt {began.Attempt} went on from step {began.Step}, wanted {newest.Step}, the last that was committed");
                    }

                    current = began;
                    break;
                case HistoryEvent.CheckpointTaken checkpoint:
                    if (current is not null && checkpoint.Token != current.Token)
                    {
                        yield return new("the holder's word", configuration, $"a checkpoint of token {checkpoint.Token} was taken, and {current.Token} is current");
                    }

                    if (newest is not null && newest.Token == checkpoint.Token && (checkpoint.Step <= newest.Step || checkpoint.Number <= newest.Number))
                    {
                        yield return new("checkpoints rise", configuration, $"checkpoint {checkpoint.Number} at step {checkpoint.Step} followed checkpoint {newest.Number} at step {newest.Step} of token {checkpoint.Token}");
                    }

                    newest = checkpoint;
                    break;
                case HistoryEvent.EndTaken end:
                    if (current is not null && end.Token != current.Token)
                    {
                        yield return new("the holder's word", configuration, $"the end of token {end.Token} was taken, and {current.Token} is current");
                    }

                    if (end.End == "Completed" && completed is not null && completed != end.Token)
                    {
                        yield return new("completed once", configuration, $"its completion was taken under {completed}, then under {end.Token}");
                    }

                    completed = end.End == "Completed" ? end.Token : completed;

                    break;
                default:
                    break;
            }
        }
    }
}
