using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.Configurations;

/// <summary>
/// Every change of a configuration's state, purely: what was and a message give what is, or null where the message is
/// refused. The grain stores what these answer and does nothing else to the state.
/// </summary>
internal static class ConfigurationTransitions
{
    /// <summary>Deaths of the trainer within one checkpoint interval after which a configuration is given up.</summary>
    public const int MostCrashes = 3;

    /// <summary>Deaths of the trainer, however far apart, after which a configuration is poisoned: it runs alone, and elsewhere.</summary>
    public const int PoisonedFrom = 2;

    /// <summary>Deaths remembered.</summary>
    private const int MostDeaths = 16;

    private static readonly TimeSpan YoungCheckpoint = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Spacing = TimeSpan.FromSeconds(10);

    /// <summary>The sweep orders it. Null where the order is known already, or is older than the control version.</summary>
    public static ConfigurationState? Ordered(ConfigurationState state, QueueOrder order, DateTimeOffset now) =>
        order.ControlVersion < state.ControlVersion || (state.Order == order && state.ControlVersion == order.ControlVersion)
            ? null
            : Tell(
                Renewed(state, order.Generation) with { Order = order, ControlVersion = order.ControlVersion, Cancelled = false, Paused = false },
                now,
                StoryKind.Queued,
                state.Order is null ? "queued" : order.Generation > state.Generation ? "to be tried again" : state.Paused ? "its sweep goes on" : "ordered again by its sweep");

    /// <summary>The sweep was halted. Null where that is known already, or is older than the control version.</summary>
    public static ConfigurationState? Halted(ConfigurationState state, HaltOrder order, DateTimeOffset now) =>
        order.ControlVersion <= state.ControlVersion ? null
        : order.Halt == SweepHalt.Pause
            // What trains keeps its lease until its last checkpoint is stored.
            ? Tell(state with { ControlVersion = order.ControlVersion, Paused = true }, now, StoryKind.Halted, "its sweep was paused")
            : Tell(
                Left(state, AttemptEnd.Stopped, "its sweep was cancelled", state.ResumedFromStep, now) with { ControlVersion = order.ControlVersion, Cancelled = true },
                now,
                StoryKind.Halted,
                "cancelled");

    /// <summary>Whether it asks the pool for a slot: it was ordered, and neither ended nor was cancelled or paused.</summary>
    public static bool Wants(ConfigurationState state, bool recorded) =>
        !recorded && state is { Order: not null, Cancelled: false, Paused: false, FailedBecause: null };

    /// <summary>Whether it asks the pool how it stands: it wants a slot, or is paused and has not given its own back yet.</summary>
    public static bool Asks(ConfigurationState state, bool recorded) =>
        Wants(state, recorded) || state is { Paused: true, Phase: AttemptPhase.Training };

    /// <summary>The hosts that a poisoned configuration is to be kept from; none where it is not.</summary>
    public static string[] AvoidHosts(ConfigurationState state) => state.DiedOn.Length < PoisonedFrom ? [] : state.DiedOn;

    /// <summary>
    /// A lease is offered. Null where it is declined: nothing to train (its rows are <paramref name="recorded"/>), cancelled,
    /// or a token that is not higher; the state itself where that token is known already. One without a checkpoint of its own begins from a
    /// <paramref name="shorter"/> budget's, where there is one.
    /// </summary>
    public static ConfigurationState? Offered(ConfigurationState state, Lease lease, bool recorded, DateTimeOffset now, CheckpointReference? shorter = null) =>
        recorded ? null
        : state.Token == lease.Token ? state
        : !Wants(state, recorded) || !lease.Token.IsHigherThan(state.Token) ? null
            : Tell(
                Left(state, AttemptEnd.Lost, "the pool gave it another slot", NewestStep(state), now) with
                {
                    Lease = lease,
                    Attempt = state.Attempt + 1,
                    Phase = AttemptPhase.Training,
                    StartedAt = now,
                    CheckpointNumber = 0,
                    ResumedFromStep = state.Checkpoints.Length > 0 ? state.Checkpoints[0].Reference.Step : shorter?.Step ?? 0,
                },
                now,
                StoryKind.Granted,
                $"granted {lease.Slot}");

    /// <summary>The host took the attempt. Null where the token is stale, or that is known already.</summary>
    public static ConfigurationState? Started(ConfigurationState state, LeaseToken token, DateTimeOffset now) =>
        !state.IsCurrent(token) || state.Story.Any(e => e.Kind == StoryKind.Started && e.Attempt == state.Attempt)
            ? null
            : Tell(state, now, StoryKind.Started, state.ResumedFromStep > 0 ? $"started, to resume at step {state.ResumedFromStep}" : "started from the beginning");

    /// <summary>The lease is lost, or its Start was refused. Null where the token is stale.</summary>
    public static ConfigurationState? Lost(ConfigurationState state, LeaseToken token, string reason, DateTimeOffset now) =>
        state.IsCurrent(token) ? Tell(Left(state, AttemptEnd.Lost, reason, NewestStep(state), now), now, StoryKind.Lost, $"lost: {reason}") : null;

    /// <summary>The pool answered its request. Null where that changes nothing; lost where the pool does not know its lease.</summary>
    public static ConfigurationState? Answered(ConfigurationState state, RequestState answer, DateTimeOffset now) =>
        answer is RequestState.Waiting or RequestState.Refused && state.Token is { } token ? Lost(state, token, "the pool does not know its lease", now) : null;

    /// <summary>Why it waits, in the pool's words, after what it gave its slot for where that is why it waits again.</summary>
    public static string? WhyWaiting(ConfigurationState state, string? pool) =>
        pool is not null && state.Story.LastOrDefault(e => e.Kind != StoryKind.Queued) is { Kind: StoryKind.GaveWay } last ? $"{last.What}; {pool}" : pool;

    /// <summary>A checkpoint is in the store. Null where token or number are stale; the state itself where it counts already.</summary>
    public static ConfigurationState? Checkpointed(ConfigurationState state, CheckpointReport report, DateTimeOffset now)
    {
        if (state.Phase != AttemptPhase.Training || state.Token != report.Token || report.Number < state.CheckpointNumber)
        {
            return null;
        }

        if (report.Number == state.CheckpointNumber)
        {
            // Told before, and the answer was lost.
            return state.Checkpoints is [var newest, ..] && newest.Reference == new CheckpointReference(report.BlobName, report.Step, report.Sha256) ? state : null;
        }

        var added = new CommittedCheckpoint(new(report.BlobName, report.Step, report.Sha256), now);
        return Tell(
            state with
            {
                CheckpointNumber = report.Number,
                Crashes = 0,
                Checkpoints = [added, .. Spared(state.Checkpoints, now)],
                Kept = report.Step <= state.Order!.Job.KeepUntil && !(state.Kept?.Reference.Step >= report.Step) ? added : state.Kept,
            },
            now,
            StoryKind.Checkpointed,
            $"checkpoint {report.Number} of this attempt, at step {report.Step}");
    }

    /// <summary>Blobs that a change of state let go of: their deletion is due once it is stored.</summary>
    public static IReadOnlyList<string> Superseded(ConfigurationState before, ConfigurationState after) =>
        [.. before.References.Select(r => r.BlobName).Except(after.References.Select(r => r.BlobName))];

    /// <summary>The trainer ended the attempt. Null where the token is stale.</summary>
    public static ConfigurationState? Ended(ConfigurationState state, AttemptReport report, DateTimeOffset now)
    {
        if (!state.IsCurrent(report.Token))
        {
            return null;
        }

        var ended = AttemptRecords.Owing(state with { Phase = AttemptPhase.None }, AttemptRecords.Of(state, report, now));
        switch (report.End)
        {
            case AttemptEnd.Completed when !report.Outcomes.Select(o => o.Replica).SequenceEqual(Enumerable.Range(state.Order!.Job.FirstReplica, state.Order.Job.Replicas)):
                var odd = $"the trainer sent outcomes of replicas [{string.Join(", ", report.Outcomes.Select(o => o.Replica))}], wanted {state.Order.Job.FirstReplica} to {state.Order.Job.FirstReplica + state.Order.Job.Replicas - 1}, each once and in order";
                return Tell(ended with { FailedBecause = odd }, now, StoryKind.Failed, $"failed: {odd}");
            case AttemptEnd.Completed:
                return state.Phase == AttemptPhase.Recording
                    ? state
                    : Tell(state with { Phase = AttemptPhase.Recording }, now, StoryKind.Ended, $"trained to step {report.Step}{Resumed(state, report)}");
            case AttemptEnd.Crashed:
                var crashes = state.Crashes + 1;
                var failed = crashes >= MostCrashes
                    ? $"the trainer died {crashes} times within one checkpoint interval; the last time: {report.Reason}"
                    : null;
                var died = ended with { Crashes = crashes, FailedBecause = failed, DiedOn = [.. state.DiedOn.Append(state.Lease!.Host).TakeLast(MostDeaths)] };
                return Tell(
                    died,
                    now,
                    failed is null ? StoryKind.Ended : StoryKind.Failed,
                    failed is not null ? $"failed: {failed}"
                        : $"trainer died: {report.Reason}{(AvoidHosts(died).Length > 0 ? "; from now on it trains alone, on another host where there is one" : "")}");
            case AttemptEnd.Refused:
                return Tell(ended with { FailedBecause = report.Reason ?? "refused without a reason" }, now, StoryKind.Failed, $"failed: {report.Reason}");
            case AttemptEnd.Stopped when report.Reason is { } gave:
                return Tell(ended, now, StoryKind.GaveWay, $"{gave}; stopped at step {report.Step}{Resumed(state, report)}");
            case AttemptEnd.Stopped:
                return Tell(ended, now, StoryKind.Ended, $"stopped at step {report.Step}{Resumed(state, report)}");
            case AttemptEnd.Lost:
                return Tell(ended, now, StoryKind.Lost, $"lost: {report.Reason}");
            default:
                return Tell(ended with { FailedBecause = $"unknown end of an attempt: {report.End}" }, now, StoryKind.Failed, "failed");
        }
    }

    /// <summary>Its rows are stored: neither the lease nor the checkpoints are needed any more, but for the one that it keeps.</summary>
    public static ConfigurationState Recorded(ConfigurationState state, DateTimeOffset now) =>
        Tell(state with { Phase = AttemptPhase.None, Checkpoints = [], Crashes = 0 }, now, StoryKind.Done, "done: its rows are stored");

    /// <summary>No longer budget will begin from it, nor will it go on itself. Null where it trains, or has nothing to let go of.</summary>
    public static ConfigurationState? LetGo(ConfigurationState state, DateTimeOffset now) =>
        state.Phase != AttemptPhase.None || !state.References.Any() ? null
            : Tell(state with { Checkpoints = [], Kept = null }, now, StoryKind.Note, "let go of its checkpoints");

    /// <summary>An attempt is over that its trainer has not ended; none where there is none.</summary>
    private static ConfigurationState Left(ConfigurationState state, AttemptEnd end, string reason, long step, DateTimeOffset now) =>
        state.Phase == AttemptPhase.None ? state : AttemptRecords.Owing(state with { Phase = AttemptPhase.None }, AttemptRecords.Of(state, end, reason, step, now));

    private static long NewestStep(ConfigurationState state) => state.Checkpoints is [var newest, ..] ? newest.Reference.Step : 0;

    /// <summary>
    /// The checkpoints that stay when another is added: the newest always, an older one until two newer ones exist of which
    /// the older has stood for a minute. Of those that follow each other within <see cref="Spacing"/> the ones between go, so
    /// that however often checkpoints are written there are few, and every row of the last minute still refers to one of them.
    /// </summary>
    private static IEnumerable<CommittedCheckpoint> Spared(CommittedCheckpoint[] checkpoints, DateTimeOffset now)
    {
        CommittedCheckpoint? newer = null;
        for (var i = 0; i < checkpoints.Length; i++)
        {
            var between = i > 0 && i + 1 < checkpoints.Length && newer!.CommittedAt - checkpoints[i + 1].CommittedAt < Spacing;
            if (i == 0 || (!between && now - checkpoints[i - 1].CommittedAt < YoungCheckpoint))
            {
                newer = checkpoints[i];
                yield return newer;
            }
        }
    }

    /// <summary>A later retry generation begins without what an earlier one was given up for; its checkpoints still count.</summary>
    private static ConfigurationState Renewed(ConfigurationState state, int generation) =>
        generation > state.Generation ? state with { Generation = generation, FailedBecause = null, Crashes = 0, DiedOn = [] } : state;

    /// <summary>Where the trainer could not use the newest checkpoint.</summary>
    private static string Resumed(ConfigurationState state, AttemptReport report) =>
        report.ResumedFromStep is { } from && from != state.ResumedFromStep ? $"; it could resume at step {from} only" : "";

    /// <summary>Adds to the story. A checkpoint takes the place of the one before it in the same attempt, so that however long an attempt is, it has few events.</summary>
    private static ConfigurationState Tell(ConfigurationState state, DateTimeOffset now, StoryKind kind, string what)
    {
        var story = kind == StoryKind.Checkpointed && state.Story is [.. var before, { Kind: StoryKind.Checkpointed } last] && last.Attempt == state.Attempt ? before : state.Story;
        var ofAttempt = kind is not (StoryKind.Queued or StoryKind.Halted or StoryKind.Done) && state.Attempt > 0;
        var told = new StoryEvent(now, what, kind, ofAttempt ? state.Attempt : 0, ofAttempt ? state.Lease?.Host : null);
        return state with { Story = [.. story.Skip(Math.Max(0, story.Length + 1 - ConfigurationState.MostStory)), told] };
    }
}
