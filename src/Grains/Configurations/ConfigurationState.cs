using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Results;

namespace SmallBatch.Grains.Configurations;

/// <summary>What is stored of a configuration. That it is completed is derived from its result rows and stands nowhere here.</summary>
[GenerateSerializer, Immutable, Alias("smallbatch.configuration-state")]
internal sealed record ConfigurationState
{
    /// <summary>The sweep's order; null before the first.</summary>
    [Id(0)]
    public QueueOrder? Order { get; init; }

    /// <summary>The highest control version seen.</summary>
    [Id(1)]
    public long ControlVersion { get; init; }

    /// <summary>Cancelled under <see cref="ControlVersion"/>.</summary>
    [Id(2)]
    public bool Cancelled { get; init; }

    /// <summary>Number of the current or last attempt.</summary>
    [Id(3)]
    public int Attempt { get; init; }

    /// <summary>The current or last lease; every message that bears another token is refused.</summary>
    [Id(4)]
    public Lease? Lease { get; init; }

    /// <summary>What the lease is good for.</summary>
    [Id(5)]
    public AttemptPhase Phase { get; init; }

    /// <summary>When the attempt started.</summary>
    [Id(6)]
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Step of the checkpoint that the attempt was given; 0 for none.</summary>
    [Id(7)]
    public long ResumedFromStep { get; init; }

    /// <summary>Number of the last checkpoint taken under the current token.</summary>
    [Id(8)]
    public int CheckpointNumber { get; init; }

    /// <summary>Committed checkpoints, newest first.</summary>
    [Id(9)]
    public CommittedCheckpoint[] Checkpoints { get; init; } = [];

    /// <summary>Deaths that the trainer caused since the last committed checkpoint.</summary>
    [Id(10)]
    public int Crashes { get; init; }

    /// <summary>Why it was given up; null unless it was.</summary>
    [Id(11)]
    public string? FailedBecause { get; init; }

    /// <summary>What happened, oldest first, the last <see cref="MostStory"/> events.</summary>
    [Id(12)]
    public StoryEvent[] Story { get; init; } = [];

    /// <summary>Its sweep is paused under <see cref="ControlVersion"/>.</summary>
    [Id(13)]
    public bool Paused { get; init; }

    /// <summary>The retry generation that it is tried under.</summary>
    [Id(14)]
    public int Generation { get; init; }

    /// <summary>Hosts (full addresses) on which its trainer died by its own doing, a death each, whatever was committed between them.</summary>
    [Id(20)]
    public string[] DiedOn { get; init; } = [];

    /// <summary>The checkpoint that stays when it has ended, for a longer budget to begin from: the last one up to the update that the order names; or null.</summary>
    [Id(21)]
    public CommittedCheckpoint? Kept { get; init; }

    /// <summary>The root of its trace, as <c>traceparent</c> writes it; null where it was ordered while nobody exported traces.</summary>
    [Id(22)]
    public string? Trace { get; init; }

    /// <summary>Attempts that have ended and that the aggregator has not acknowledged yet, oldest first: whoever was to tell it of them may have died.</summary>
    [Id(23)]
    public RunRecord[] Untold { get; init; } = [];

    /// <summary>Events kept.</summary>
    public const int MostStory = 100;

    /// <summary>The current token, or null.</summary>
    public LeaseToken? Token => Lease?.Token;

    /// <summary>Every checkpoint that it refers to, once.</summary>
    public IEnumerable<CheckpointReference> References => Checkpoints.Append(Kept).OfType<CommittedCheckpoint>().Select(c => c.Reference).Distinct();

    /// <summary>Whether a message bearing this token is current.</summary>
    public bool IsCurrent(LeaseToken token) => Phase != AttemptPhase.None && Token == token;
}

/// <summary>What the current lease is good for.</summary>
[GenerateSerializer, Alias("smallbatch.attempt-phase")]
internal enum AttemptPhase
{
    /// <summary>There is none, or it is over.</summary>
    None = 0,

    /// <summary>Its host may train.</summary>
    Training = 1,

    /// <summary>Its outcome was taken and is on its way to the result rows.</summary>
    Recording = 2,
}

/// <summary>A checkpoint that counts.</summary>
[GenerateSerializer, Immutable, Alias("smallbatch.committed-checkpoint")]
internal sealed record CommittedCheckpoint(CheckpointReference Reference, DateTimeOffset CommittedAt);
