using Azure.Core;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging.Abstractions;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Silo.Settings;
using SmallBatch.Silo.Storage;
using SmallBatch.Silo.Trainers;

namespace SmallBatch.Silo.Tests;

/// <summary>How an attempt tells what became of it, over a network and a store that fail.</summary>
public sealed class TrainerAttemptTests
{
    private static readonly Lease Held = new("s-1.m=8", new(1, 1, Guid.Empty), "host", "cpu-0", "cpu");
    private readonly Queue<Func<Receipt>> answers = [];

    [Fact]
    public async Task An_outcome_whose_message_expired_on_its_way_is_told_again()
    {
        answers.Enqueue(() => throw new OperationCanceledException("Message expired before placement could complete"));
        answers.Enqueue(() => throw new TimeoutException("no answer"));
        answers.Enqueue(() => Receipt.Accepted);
        Assert.True(await TellAsync());
        Assert.Empty(answers);
    }

    [Fact]
    public async Task An_outcome_that_was_taken_counts_though_the_store_is_gone_before_its_log_is_stored()
    {
        answers.Enqueue(() => Receipt.Accepted);
        Assert.True(await TellAsync());
    }

    [Fact]
    public async Task An_outcome_that_is_refused_is_not_told_again()
    {
        answers.Enqueue(() => Receipt.Stale);
        Assert.False(await TellAsync());
    }

    [Fact]
    public async Task One_that_was_given_up_tells_nobody()
    {
        using var attempt = Attempt();
        attempt.Abandon();
        Assert.False(await attempt.TellAsync(Report()));
    }

    private async Task<bool> TellAsync()
    {
        using var attempt = Attempt();
        return await attempt.TellAsync(Report());
    }

    private TrainerAttempt Attempt()
    {
        // Nobody listens there: its log is never stored.
        var options = new BlobClientOptions { Retry = { MaxRetries = 1, Mode = RetryMode.Fixed, Delay = TimeSpan.Zero } };
        var nowhere = new BlobServiceClient("DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:1/a;", options);
        var grains = Proxy.Of<IGrainFactory>((_, _) => Proxy.Of<IConfigurationGrain>((_, _) => Task.Run(answers.Dequeue())));
        var job = new ConfigurationJob("s-1.m=8", "s", "s-1", Stage.Grid, 8, "2^-5", 1, "hash", "", 1, 60);
        return new(new(Held, job, 1, []), new TrainerSettings(), new CheckpointBlobs(nowhere), new AttemptLogBlobs(nowhere), grains, () => { }, new ImpatientTime(), NullLogger.Instance);
    }

    private static AttemptReport Report() => new(Held.ConfigurationKey, Held.Token, AttemptEnd.Completed, null, [], 1, 10);

    /// <summary>Its timers ring at once.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
