namespace SmallBatch.Bench.Chaos.History;

/// <summary>One line of what silos and trainers logged.</summary>
/// <param name="At">When it was logged.</param>
/// <param name="Configuration">Whom it is about.</param>
internal abstract record HistoryEvent(DateTimeOffset At, string Configuration)
{
    /// <summary>A trainer told its host that it is at this step.</summary>
    internal sealed record StepReached(DateTimeOffset At, string Configuration, string Token, long Step) : HistoryEvent(At, Configuration);

    /// <summary>The configuration stored an attempt.</summary>
    internal sealed record AttemptBegan(DateTimeOffset At, string Configuration, string Token, int Attempt, long Step, string Row) : HistoryEvent(At, Configuration), IStored;

    /// <summary>The configuration stored a checkpoint's reference.</summary>
    internal sealed record CheckpointTaken(DateTimeOffset At, string Configuration, string Token, int Number, long Step, string Row) : HistoryEvent(At, Configuration), IStored;

    /// <summary>The configuration stored an attempt's end.</summary>
    internal sealed record EndTaken(DateTimeOffset At, string Configuration, string Token, string End, long Step, string Row) : HistoryEvent(At, Configuration), IStored;

    /// <summary>The configuration stored that a lease is lost.</summary>
    internal sealed record TokenGivenUp(DateTimeOffset At, string Configuration, string Token) : HistoryEvent(At, Configuration);

    /// <summary>A message under an old token was refused.</summary>
    internal sealed record StaleRefused(DateTimeOffset At, string Configuration, string Token, string Message) : HistoryEvent(At, Configuration);

    /// <summary>A result row was inserted, or found equal.</summary>
    internal sealed record Outcome(DateTimeOffset At, string Configuration, int Replica, string Digest, bool IsNew) : HistoryEvent(At, Configuration);

    /// <summary>An event that is the store's row as it then was.</summary>
    internal interface IStored
    {
        /// <summary>The lease under which it was taken.</summary>
        string Token { get; }

        /// <summary>The row's version: an ETag, whose text order is the order of writes.</summary>
        string Row { get; }
    }
}
