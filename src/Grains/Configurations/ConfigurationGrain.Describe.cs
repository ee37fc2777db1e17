using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.Configurations;

/// <summary>What others may know of it.</summary>
internal sealed partial class ConfigurationGrain
{
    /// <inheritdoc/>
    public Task<ConfigurationSnapshot?> Describe() => Task.FromResult(State.Order is null
        ? null
        : new ConfigurationSnapshot(
            State.Order.Job,
            Status(),
            State.Attempt,
            State.Token,
            State.Phase == AttemptPhase.None ? null : State.Lease?.Host,
            State.Checkpoints.Length > 0 ? State.Checkpoints[0].Reference.Step : null,
            State.FailedBecause ?? waitingBecause,
            State.Story,
            State.Kept?.Reference));

    /// <inheritdoc/>
    public async Task<string?> Log(int attempt, CancellationToken cancellationToken = default)
    {
        var wanted = attempt == 0 ? State.Attempt : attempt;
        return wanted == State.Attempt && State.Phase == AttemptPhase.Training && State.Lease is { } lease
            ? await GrainFactory.GetGrain<IGpuHostGrain>(lease.Host).Log(lease.Token)
            : await logs.ReadAsync(Key, wanted, cancellationToken);
    }

    private ConfigurationStatus Status() => this switch
    {
        { recorded: true } => ConfigurationStatus.Completed,
        { State.FailedBecause: not null } => ConfigurationStatus.Failed,
        { State.Cancelled: true } => ConfigurationStatus.Cancelled,
        { State.Phase: not AttemptPhase.None } => ConfigurationStatus.Training,
        { State.Order: null } => ConfigurationStatus.Pending,
        _ => ConfigurationStatus.Queued,
    };

    private void Observe(int position = 0) => Send(
        Aggregator.Observe(new(Key, Status(), State.Attempt, State.Lease?.Host, State.Lease?.Device, 0, 0, [], position, State.FailedBecause ?? waitingBecause, 0)),
        "observation");
}
