using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.GpuPool;
using SmallBatch.Grains.Results;
using SmallBatch.Tests;

namespace SmallBatch.Grains.Tests;

/// <summary>Grains whose neighbours do not hear, or do not answer.</summary>
[Collection(OneSilo.OnePool)]
public sealed class NeighbourTests(AzuriteFixture azurite)
{
    private const int Deaf = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lost_lease_is_told_until_its_configuration_has_heard()
    {
        const string Key = "deaf-00000001.m=8", Host = "127.0.0.1:1@1";
        var (offered, heard) = (new TaskCompletionSource<Lease>(), new TaskCompletionSource<LeaseToken>());
        var told = 0;
        await using var silo = await OneSilo.StartAsync(azurite, call =>
        {
            switch (call.InterfaceMethod.Name)
            {
                case nameof(IConfigurationGrain.LeaseOffered):
                    offered.TrySetResult(call.Request.GetArgument(0) as Lease ?? throw new InvalidOperationException("no lease"));
                    return Task.CompletedTask;
                case nameof(IConfigurationGrain.LeaseLost) when ++told <= Deaf:
                    throw new InvalidOperationException("it lived on the silo that died");
                case nameof(IConfigurationGrain.LeaseLost):
                    heard.TrySetResult((LeaseToken)call.Request.GetArgument(0)!);
                    return Task.CompletedTask;
                default:
                    return null;
            }
        });
        var pool = silo.Grains.GetGrain<IGpuPoolGrain>(GpuPoolOptions.DefaultPool);
        await pool.Heartbeat(new(Host, "host", 1, [new("cpu", "CPU", ["cpu-0"], "cpu", null)], [], [], false, 0, []));
        await pool.Request(new(Key, "deaf-00000001", 1, "cpu", 0, 0, null, 1, []));
        var lease = await offered.Task.WaitAsync(Patience, Token);
        await pool.HostDied(Host);
        Assert.Equal(lease.Token, await heard.Task.WaitAsync(Patience, Token));
        Assert.Equal(Deaf + 1, told);
    }

    [Fact]
    public async Task How_an_attempt_ended_is_stored_although_the_aggregator_was_not_there_when_it_was_told()
    {
        const string Key = "cutoff-00000001.m=8";
        var started = new TaskCompletionSource<StartOrder>();
        var told = 0;
        await using var silo = await OneSilo.StartAsync(azurite, call =>
        {
            switch (call.InterfaceMethod.Name)
            {
                case nameof(IGpuHostGrain.Start):
                    call.Result = new StartReply(true, 1, null);
                    started.TrySetResult((StartOrder)call.Request.GetArgument(0)!);
                    return Task.CompletedTask;
                case nameof(IAggregatorGrain.RecordAttempt) when ++told == 1:
                    throw new InvalidOperationException("it lived on the silo that died");
                default:
                    return null;
            }
        });
        await silo.Grains.GetGrain<IGpuPoolGrain>(GpuPoolOptions.DefaultPool).Heartbeat(new(silo.Host, "host", 1, [new("cpu", "CPU", ["cpu-0"], "cpu", null)], [], [], false, 0, []));
        var configuration = silo.Grains.GetGrain<IConfigurationGrain>(Key);
        await configuration.Queue(new(new(Key, "cutoff", "cutoff-00000001", Stage.Grid, 8, "2^-9", 1, new string('a', 64), "{}", 1, 60), 1, "cpu", 0, 0, 0));
        var order = await started.Task.WaitAsync(Patience, Token);
        var end = new AttemptReport(Key, order.Lease.Token, AttemptEnd.Stopped, null, [], 12, 30);
        await Assert.ThrowsAsync<InvalidOperationException>(() => configuration.AttemptEnded(end));

        // Whose answer was an error tells it again; the configuration has stored the end already.
        Assert.Equal(Receipt.Stale, await configuration.AttemptEnded(end));
        var run = Assert.Single(await new AttemptTable(azurite.Tables).ListAsync("cutoff-00000001", Token)).Row.Run;
        Assert.Equal((1, AttemptEnd.Stopped, 12.0, 30L, order.Lease.Token.ToString()), (run.Attempt, run.End, run.TrainingSeconds, run.ReachedStep, run.Token));
    }

    [Fact]
    public async Task A_configuration_whose_silo_died_with_its_order_asks_its_sweep_for_it_when_a_slot_is_offered()
    {
        const string Key = "order-of-it-00000001.m=8";
        var job = new ConfigurationJob(Key, "order-of-it", "order-of-it-00000001", Stage.Grid, 8, "2^-9", 1, new string('a', 64), "{}", 1, 60);
        var started = new TaskCompletionSource<StartOrder>();
        var declined = new TaskCompletionSource<string>();
        await using var silo = await OneSilo.StartAsync(azurite, call =>
        {
            switch (call.InterfaceMethod.Name)
            {
                case nameof(ISweepGrain.OrderOf) when call.TargetId.Key.ToString() == "order-of-it" && (string)call.Request.GetArgument(0)! == Key:
                    call.Result = new QueueOrder(job, 1, "cpu", 0, 0, 0);
                    return Task.CompletedTask;
                case nameof(IGpuHostGrain.Start):
                    call.Result = new StartReply(true, 1, null);
                    started.TrySetResult((StartOrder)call.Request.GetArgument(0)!);
                    return Task.CompletedTask;
                case nameof(IGpuPoolGrain.Release):
                    declined.TrySetResult((string)call.Request.GetArgument(0)!);
                    return null;
                default:
                    return null;
            }
        });
        await silo.Grains.GetGrain<IConfigurationGrain>(Key).LeaseOffered(new(Key, new(1, 1, Guid.Empty), silo.Host, "cpu-0", "cpu"));
        var order = await started.Task.WaitAsync(Patience, Token);
        Assert.Equal((1, job), (order.Attempt, order.Job));

        // The sweep itself has never heard of the next one, and does not want it.
        await silo.Grains.GetGrain<IConfigurationGrain>("order-of-it-00000001.m=16").LeaseOffered(new("order-of-it-00000001.m=16", new(1, 2, Guid.Empty), silo.Host, "cpu-1", "cpu"));
        Assert.Equal("order-of-it-00000001.m=16", await declined.Task.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task An_outcome_is_stored_while_the_sweep_does_not_answer()
    {
        var asked = new TaskCompletionSource();
        var answers = new TaskCompletionSource();
        await using var silo = await OneSilo.StartAsync(azurite, call =>
        {
            if (call.InterfaceMethod.DeclaringType != typeof(ISweepGrain))
            {
                return null;
            }

            asked.TrySetResult();
            return answers.Task.ContinueWith(_ => call.Invoke(), TaskScheduler.Current).Unwrap();
        });
        var aggregator = silo.Grains.GetGrain<IAggregatorGrain>("mute-00000001");
        var status = aggregator.Status();
        await asked.Task.WaitAsync(Patience, Token);
        var job = new ConfigurationJob("mute-00000001.m=8", "mute", "mute-00000001", Stage.Grid, 8, "2^-9", 1, new string('a', 64), "{}", 1, 60);
        var run = new RunRecord(1, "t", "h", "cpu", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, AttemptEnd.Completed, null, 1, 0, 3);
        await aggregator.Record(job, [new(0, "{}")], run).WaitAsync(Patience, Token);
        Assert.False(status.IsCompleted);
        answers.SetResult();
        Assert.Contains("mute-00000001", (await Assert.ThrowsAsync<InvalidOperationException>(() => status)).Message, StringComparison.Ordinal);
    }
}
