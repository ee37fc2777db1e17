using Orleans.Concurrency;
using SmallBatch.Contracts.Configurations;

namespace SmallBatch.Contracts.Results;

/// <summary>The results and the live view of one sweep; its key is the sweep's id.</summary>
[Alias("smallbatch.aggregator"), GrainInterfaceType("smallbatch.aggregator")]
public interface IAggregatorGrain : IGrainWithStringKey
{
    /// <summary>
    /// Stores a configuration's outcomes: the commit point. Rows are inserted if absent; a second insert must be equal
    /// byte for byte. Idempotent. Answers when the rows are stored.
    /// </summary>
    [Alias("Record")]
    Task Record(ConfigurationJob job, ReplicaOutcome[] outcomes, RunRecord run);

    /// <summary>
    /// Stores how an attempt ended that gave no outcome, and where <paramref name="failedBecause"/> says why, that the
    /// configuration is given up. Idempotent by attempt.
    /// </summary>
    [Alias("RecordAttempt")]
    Task RecordAttempt(ConfigurationJob job, RunRecord run, string? failedBecause);

    /// <summary>A configuration's status changed; for the live view.</summary>
    [Alias("Observe")]
    Task Observe(CellObservation observation);

    /// <summary>From the sweep: its plan changed (it was extended, it chose what to confirm, it ended); ask it again.</summary>
    [Alias("PlanChanged")]
    Task PlanChanged();

    /// <summary>Every cell of the sweep as it stands.</summary>
    [Alias("Status"), AlwaysInterleave]
    Task<SweepStatus> Status();

    /// <summary>Every stored row, and what it says about the best batch size.</summary>
    [Alias("Results"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task<SweepResults> Results(CancellationToken cancellationToken = default);

    /// <summary>What the stored rows say about the best batch size, without the rows.</summary>
    [Alias("Answer"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task<Analysis> Answer(CancellationToken cancellationToken = default);

    /// <summary>The stored replicas of one configuration, by number; empty where the sweep plans none of that key, or none is stored.</summary>
    [Alias("Replicas"), AlwaysInterleave]
    Task<ReplicaResult[]> Replicas(string configurationKey, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="Results"/>, of a shorter budget that the sweep had before it was extended (<c>5 epochs</c>); null where it never had that one.</summary>
    [Alias("ResultsAtBudget"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task<SweepResults?> ResultsAtBudget(string budget, CancellationToken cancellationToken = default);
}
