using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.GpuPool;
using SmallBatch.Tests;

namespace SmallBatch.Grains.Tests;

/// <summary>A slot that goes to a team below its quota and back, through the real pool and configurations.</summary>
[Collection(OneSilo.OnePool)]
public sealed class PreemptionTests(AzuriteFixture azurite)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Channel<StartOrder> starts = Channel.CreateUnbounded<StartOrder>();
    private long beats;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_training_that_borrows_gives_its_slot_to_a_team_below_its_quota_and_goes_on_at_its_step_afterwards()
    {
        await using var silo = await OneSilo.StartAsync(azurite, StartIsTaken, services => services.Configure<GpuPoolOptions>(o => o.Teams["astro"] = new() { Quota = 1 }));
        var pool = silo.Grains.GetGrain<IGpuPoolGrain>(GpuPoolOptions.DefaultPool);
        await BeatAsync(silo, pool, []);
        var borrows = silo.Grains.GetGrain<IConfigurationGrain>("gives-00000001.m=8");
        await borrows.Queue(new(Job("gives"), 1, "cpu", 9, 0, 0));
        var first = await StartAsync();
        Assert.Equal(Receipt.Accepted, await borrows.CheckpointUploaded(new("gives-00000001.m=8", first.Lease.Token, 1, "blob", 30, "sha", 1)));

        var owed = silo.Grains.GetGrain<IConfigurationGrain>("takes-00000001.m=8");
        await owed.Queue(new(Job("takes"), 1, "cpu", 0, 0, 0, new("astro", 1)));
        HeartbeatReply reply;
        do
        {
            reply = await BeatAsync(silo, pool, [first.Lease]);
        }
        while (reply.Yield.Length == 0);

        Assert.Equal((first.Lease.Token, "gave its slot to team astro, whose quota is 1 slot"), (Assert.Single(reply.Yield), Assert.Single(reply.YieldFor!)));
        await borrows.AttemptEnded(new("gives-00000001.m=8", first.Lease.Token, AttemptEnd.Stopped, reply.YieldFor![0], [], 1, 30));
        var second = await StartAsync();
        Assert.Equal("takes-00000001.m=8", second.Lease.ConfigurationKey);
        var waiting = (await borrows.Describe())!;
        Assert.Equal(ConfigurationStatus.Queued, waiting.Status);
        Assert.Matches("^gave its slot to team astro, whose quota is 1 slot; stopped at step 30; place [12] in the queue for 1 slot", waiting.Reason!);

        await owed.AttemptEnded(new("takes-00000001.m=8", second.Lease.Token, AttemptEnd.Completed, null, [new(0, "{}")], 1, 9));
        var third = await StartAsync();
        Assert.Equal(("gives-00000001.m=8", 2, 30L), (third.Lease.ConfigurationKey, third.Attempt, Assert.Single(third.Checkpoints).Step));
        Assert.Contains((await borrows.Describe())!.Story, e => e.Kind == StoryKind.GaveWay);
    }

    private static ConfigurationJob Job(string sweep) => new($"{sweep}-00000001.m=8", sweep, $"{sweep}-00000001", Stage.Grid, 8, "2^-9", 1, new string('a', 64), "{}", 1, 60);

    private Task? StartIsTaken(IIncomingGrainCallContext call)
    {
        if (call.InterfaceMethod.Name != nameof(IGpuHostGrain.Start))
        {
            return null;
        }

        call.Result = new StartReply(true, beats, null);
        starts.Writer.TryWrite((StartOrder)call.Request.GetArgument(0)!);
        return Task.CompletedTask;
    }

    private async Task<StartOrder> StartAsync() => await starts.Reader.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);

    private async Task<HeartbeatReply> BeatAsync(OneSilo silo, IGpuPoolGrain pool, Lease[] running) =>
        await pool.Heartbeat(new(silo.Host, "host", ++beats, [new("cpu", "CPU", ["cpu-0"], "cpu", null)], running, [], false, 0, [])).WaitAsync(Patience, Token);
}
