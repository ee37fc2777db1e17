using Orleans.Concurrency;
using SmallBatch.Contracts.Audit;
using SmallBatch.Contracts.Configurations;

namespace SmallBatch.Contracts.Sweeps;

/// <summary>One named sweep; its key is the sweep's name.</summary>
[Alias("smallbatch.sweep"), GrainInterfaceType("smallbatch.sweep")]
public interface ISweepGrain : IGrainWithStringKey
{
    /// <summary>
    /// Validates and stores a specification. Submitting the same one again changes nothing; one that widens the axes
    /// of the stored one, has more replicas or a longer budget extends the sweep; any other difference is refused with what differs.
    /// </summary>
    [Alias("Submit"), Audited]
    Task<SubmitReply> Submit(SweepSubmission submission, CancellationToken cancellationToken = default);

    /// <summary>What submitting the specification would do: what would train, what is stored already, and what would be refused. Stores nothing.</summary>
    [Alias("Preview"), AlwaysInterleave]
    Task<SweepPreview> Preview(SweepSubmission submission, CancellationToken cancellationToken = default);

    /// <summary>What the sweep is and how it stands; null where no sweep of this name was ever submitted.</summary>
    [Alias("Describe"), AlwaysInterleave]
    Task<SweepSnapshot?> Describe();

    /// <summary>Which base learning rate it chose for each batch size; null where no sweep of this name was ever submitted.</summary>
    [Alias("Choice"), AlwaysInterleave]
    Task<SweepChoice?> Choice();

    /// <summary>Every configuration known so far, ordered by stage, m, η̃; empty where no sweep of this name was ever submitted.</summary>
    [Alias("Configurations"), AlwaysInterleave]
    Task<PlannedConfiguration[]> Configurations();

    /// <summary>The sweep on a shorter budget that it had before it was extended (<c>5 epochs</c>); null where it never had that one.</summary>
    [Alias("AtBudget"), AlwaysInterleave]
    Task<SweepAtBudget?> AtBudget(string budget);

    /// <summary>
    /// Cancels, pauses, resumes, retries or deletes the sweep; again changes nothing. A cancel answers when the pool has taken
    /// back every lease, a pause when every lease is to be given up after a last checkpoint, a deletion when it is stored that
    /// it is to be: <see cref="Describe"/> answers null once it is done.
    /// </summary>
    [Alias("Act"), Audited]
    Task<ActionReply> Act(SweepAction action, RetryFilter? retry = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads everything that the store holds of the sweep, and says what does not agree; null where no sweep of this name was ever
    /// submitted. Writes nothing.
    /// </summary>
    [Alias("Verify"), AlwaysInterleave, ResponseTimeout("00:30:00")]
    Task<SweepVerification?> Verify(CancellationToken cancellationToken = default);

    /// <summary>What a configuration is to train, for one whose silo died with the order; null where the sweep does not want it now: it has ended, or the sweep is paused or over.</summary>
    [Alias("OrderOf"), AlwaysInterleave]
    Task<QueueOrder?> OrderOf(string configurationKey);

    /// <summary>A configuration ended: its rows are stored. Idempotent; a lost one is made up for by the next reminder.</summary>
    [Alias("ConfigurationEnded")]
    Task ConfigurationEnded(string configurationKey);

    /// <summary>A configuration ended without results: so it is stored. Otherwise as <see cref="ConfigurationEnded"/>.</summary>
    [Alias("ConfigurationGivenUp")]
    Task ConfigurationGivenUp(string configurationKey);

    /// <summary>A receiver of notices has got one, or it was given up. Again changes nothing.</summary>
    [Alias("NoticeSettled")]
    Task NoticeSettled(string noticeId, string receiver);

    /// <summary>Does what an activation does: reads the store, queues what is missing. Sent by the pool and the reminder.</summary>
    [Alias("Wake")]
    Task Wake();
}
