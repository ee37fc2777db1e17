using System.Net;
using System.Text.Json;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Tests;

namespace SmallBatch.Cluster.Tests;

/// <summary>What people are told of a sweep, by real silos to a real receiver.</summary>
public sealed class NoticeTests
{
    private const string Secret = "a-secret-of-the-receiver";

    private static readonly string Small = TestCluster.Spec
        .Replace("[8, 16]", "[4]", StringComparison.Ordinal).Replace("epochs: 45", "epochs: 2", StringComparison.Ordinal);

    [Fact]
    public async Task A_silo_that_dies_between_the_event_and_its_delivery_loses_nothing_and_a_receiver_counts_each_event_once()
    {
        var open = false;
        await using var receiver = new NoticeReceiver(_ => Volatile.Read(ref open) ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable);
        string[] settings = [$"--Webhooks:Receivers:ops:Url={receiver.Url}", $"--Webhooks:Receivers:ops:Secret={Secret}"];
        await using var cluster = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        await cluster.AddSiloAsync(1, settings);
        await using (var connection = await cluster.ConnectAsync())
        {
            await TestCluster.SubmitAsync(connection, Small);
            await Processes.UntilAsync(() => Task.FromResult(receiver.Received.Count > 0), "the receiver has refused the notice");
        }

        cluster.Silos[0].Kill();
        Volatile.Write(ref open, true);
        await cluster.AddSiloAsync(1, settings);
        await Processes.UntilAsync(() => Task.FromResult(receiver.Taken.Count > 0), "the receiver has the notice from the second silo");
        Assert.Single(receiver.Received.Select(r => r.Id).Distinct());

        // Once it is settled, neither another silo nor another event sends it again.
        await using var again = await cluster.ConnectAsync(silo: 1);
        await TestCluster.UntilAsync(() => Task.FromResult(cluster.LogLines().Any(l => l.Contains("receiver ops has taken notice", StringComparison.Ordinal))), "the silo has noted it");
        await TestCluster.SubmitAsync(again, Small.Replace("replicas: 2", "replicas: 3", StringComparison.Ordinal));
        await Processes.UntilAsync(() => Task.FromResult(receiver.Taken.Select(t => t.Id).Distinct().Count() == 2), "the receiver has the second notice");
        Assert.All(receiver.Received, r => Assert.True(r.IsSignedWith(Secret)));
        var notices = receiver.Taken.DistinctBy(t => t.Id).Select(t => JsonDocument.Parse(t.Body).RootElement).ToList();
        Assert.Equal(["finished", "finished"], notices.Select(n => n.GetProperty("kind").GetString()!));
        Assert.All(notices, n => Assert.Equal("chaos", n.GetProperty("sweep").GetString()));
        Assert.Empty((await again.Grains.GetGrain<ISweepGrain>("chaos").Verify(TestContext.Current.CancellationToken))!.Disagreements);
    }
}
