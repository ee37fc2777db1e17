using Microsoft.Extensions.Logging;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.Configurations;

/// <summary>What it logs. Lines at Debug, with the row as it was then stored, are the history that <c>bench/chaos.sh</c> checks.</summary>
internal sealed partial class ConfigurationGrain
{
    /// <summary>Whatever is logged in the course of a call bears the ids of the attempt.</summary>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        using (logger.BeginScope(new AttemptIds(() => (State.Order?.Job.SweepName, Key, State.Attempt > 0 ? State.Attempt : null, State.Token))))
        {
            await context.Invoke();
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Configuration} began attempt {Attempt} under token {Token} from step {Step}; row {Row}")]
    private partial void AttemptBegan(string configuration, int attempt, LeaseToken token, long step, string? row);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Configuration} took checkpoint {Number} of token {Token} at step {Step}; row {Row}")]
    private partial void CheckpointTaken(string configuration, LeaseToken token, int number, long step, string? row);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Configuration} took end {End} of token {Token} at step {Step}; row {Row}")]
    private partial void EndTaken(string configuration, LeaseToken token, AttemptEnd end, long step, string? row);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Configuration} gave up token {Token}: {Reason}")]
    private partial void TokenGivenUp(string configuration, string token, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Configuration} declined lease {Token}")]
    private partial void LeaseDeclined(string configuration, LeaseToken token);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Configuration} refused {Message} of token {Token}; current is {Current}")]
    private partial void StaleRefused(string configuration, string message, LeaseToken token, LeaseToken? current);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Configuration}: {What} was not delivered: {Failure}")]
    private partial void MessageFailed(string configuration, string what, string failure);
}
