using Microsoft.Extensions.Logging;
using SmallBatch.Contracts.Configurations;

namespace SmallBatch.Grains.Sweeps;

/// <summary>What an operator hears of a sweep.</summary>
internal sealed partial class SweepGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Sweep {Sweep} was submitted as {SweepId} with {Configurations} configurations")]
    private partial void SweepSubmitted(string sweep, string sweepId, int configurations);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sweep {Sweep} was extended to {Configurations} configurations")]
    private partial void SweepExtended(string sweep, int configurations);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sweep {Sweep}: {Halt}, control version {ControlVersion}")]
    private partial void SweepHalted(string sweep, SweepHalt halt, long controlVersion);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sweep {Sweep} goes on, control version {ControlVersion}")]
    private partial void SweepResumed(string sweep, long controlVersion);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sweep {Sweep}: {Configurations} configurations are tried again")]
    private partial void SweepRetries(string sweep, int configurations);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sweep {Sweep}, {SweepId}, is deleted")]
    private partial void SweepIsDeleted(string sweep, string sweepId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sweep {Sweep} is complete: {Configurations} configurations")]
    private partial void SweepCompleted(string sweep, int configurations);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sweep {Sweep} was complete and goes on: the store has lost rows of {Configurations} configurations")]
    private partial void SweepReopened(string sweep, int configurations);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sweep {Sweep} could not go on and tries again")]
    private partial void AdvanceFailed(string sweep, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sweep {Sweep} is ended by its limit: {Hours} device-hours were used, {Configurations} configurations have not ended")]
    private partial void SweepLimited(string sweep, double hours, int configurations);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sweep {Sweep} is over: {Blobs} checkpoints of {Bytes} bytes were collected, {Spared} are too young")]
    private partial void CheckpointsCollected(string sweep, int blobs, long bytes, int spared);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sweep {Sweep} is over, and what it left could not be collected; it is tried again: {Failure}")]
    private partial void CollectFailed(string sweep, string failure);
}
