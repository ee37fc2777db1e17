using System.Net;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging.Abstractions;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Silo.Settings;
using SmallBatch.Silo.Storage;
using SmallBatch.Silo.Tests.Devices;
using SmallBatch.Silo.Tests.Telemetry;
using SmallBatch.Silo.Trainers;
using SmallBatch.Tests;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Silo.Tests;

/// <summary>How an attempt tells what became of it, over a network and a store that fail.</summary>
[Collection(nameof(ScriptedTrainer))]
public sealed class TrainerAttemptTests : IDisposable
{
    private static readonly Lease Held = new("s-1.m=8", new(1, 1, Guid.Empty), "host", "cpu-0", "cpu");
    private static readonly string Job = Held.Token.ToString();
    private readonly Queue<Func<Receipt>> answers = [];
    private readonly Measured measured = new();

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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_training_that_ends_while_nobody_answers_for_its_checkpoint_is_over_at_once(bool fails)
    {
        // A checkpoint, and once the configuration has been told of it, the end.
        using var program = new ScriptedTrainer();
        var file = Path.GetTempFileName();
        var told = Path.Combine(Path.GetTempPath(), $"smallbatch-told-{Guid.NewGuid():N}");
        var checkpoint = TrainerProtocol.Write(new CheckpointWritten(Job, file, 5, "", 0));
        var completed = TrainerProtocol.Write(new TrainingCompleted(Job, 10, 1, ["{}"]));
        program.Write([], "", $"{ScriptedTrainer.Ready}read request; cat <<'ANSWER'\n{checkpoint}\nANSWER\nwhile [ ! -e {told} ]; do sleep 0.02; done; cat <<'ANSWER'\n{completed}\nANSWER\nread request");
        var answer = new TaskCompletionSource<Receipt>();
        answers.Enqueue(() =>
        {
            File.WriteAllText(told, "");
            return answer.Task.GetAwaiter().GetResult();
        });
        using var attempt = Attempt(new Stored());
        var training = attempt.TrainAsync(token => TrainerProcess.StartAsync(program.Program, 0, attempt.Log.Add, token));
        if (fails)
        {
            while (!File.Exists(told))
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            answer.SetException(new TimeoutException("the silo is dead"));
        }

        Assert.Equal(AttemptEnd.Completed, (await training.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)).End);
        answer.TrySetResult(Receipt.Accepted);
        File.Delete(told);
    }

    public void Dispose() => measured.Dispose();

    private async Task<bool> TellAsync()
    {
        using var attempt = Attempt();
        return await attempt.TellAsync(Report());
    }

    private TrainerAttempt Attempt(HttpMessageHandler? store = null)
    {
        // Nobody listens there: its log is never stored.
        var options = new BlobClientOptions { Retry = { MaxRetries = 1, Mode = RetryMode.Fixed, Delay = TimeSpan.Zero } };
        if (store is not null)
        {
            options.Transport = new HttpClientTransport(new HttpClient(store));
        }

        var nowhere = new BlobServiceClient("DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:1/a;", options);
        var tables = new TableServiceClient("DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;TableEndpoint=http://127.0.0.1:1/a;", new TableClientOptions { Retry = { MaxRetries = 0 } });
        var grains = Proxy.Of<IGrainFactory>((_, _) => Proxy.Of<IConfigurationGrain>((_, _) => Task.Run(answers.Dequeue())));
        var job = new ConfigurationJob("s-1.m=8", "s", "s-1", Stage.Grid, 8, "2^-5", 1, "hash", "", 1, 60);
        return new(new(Held, job, 1, []), new TrainerSettings(), new CheckpointBlobs(nowhere), new AttemptLogTable(tables, new AttemptLogBlobs(nowhere), TimeProvider.System), grains, () => { }, new(measured.Meters), store is null ? new ImpatientTime() : TimeProvider.System, NullLogger.Instance);
    }

    private static AttemptReport Report() => new(Held.ConfigurationKey, Held.Token, AttemptEnd.Completed, null, [], 1, 10);

    /// <summary>A store that takes whatever is written.</summary>
    private sealed class Stored : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var reply = new HttpResponseMessage(HttpStatusCode.Created) { Content = new ByteArrayContent([]), RequestMessage = request };
            reply.Headers.ETag = new("\"1\"");
            reply.Content.Headers.LastModified = DateTimeOffset.UnixEpoch;
            return Task.FromResult(reply);
        }
    }

    /// <summary>Its timers ring at once.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
