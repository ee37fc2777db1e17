using System.Runtime.CompilerServices;
using Microsoft.Extensions.Hosting;
using SmallBatch.Contracts.Results;

namespace SmallBatch.Web.Live;

/// <summary>The feeds of those sweeps that somebody follows on this silo.</summary>
internal sealed class SweepFeeds(IGrainFactory grains, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KeepAliveAfter = TimeSpan.FromSeconds(15);
    private readonly Lock gate = new();
    private readonly Dictionary<string, Followed> feeds = new(StringComparer.Ordinal);

    /// <summary>The sweep's events as bytes, from after <paramref name="lastEventId"/> on, until the caller goes away, the silo stops, or the sweep is gone.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> FollowAsync(string sweepId, string? lastEventId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var until = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var followed = Join(sweepId);
        try
        {
            var at = followed.Feed.NumberOf(lastEventId);
            while (!until.IsCancellationRequested)
            {
                var over = followed.Asking.IsCompleted;
                var (events, next, news) = followed.Feed.After(at);
                at = next;
                foreach (var item in events)
                {
                    yield return item.Bytes;
                }

                if (over)
                {
                    yield break;
                }

                if (events.Count == 0)
                {
                    using var quiet = CancellationTokenSource.CreateLinkedTokenSource(until.Token);
                    await Task.WhenAny(news, followed.Asking, Task.Delay(KeepAliveAfter, time, quiet.Token));
                    await quiet.CancelAsync();
                    if (!news.IsCompleted && !until.IsCancellationRequested)
                    {
                        yield return SweepEvent.KeepAlive;
                    }
                }
            }
        }
        finally
        {
            Leave(sweepId, followed);
        }
    }

    private Followed Join(string sweepId)
    {
        lock (gate)
        {
            if (!feeds.TryGetValue(sweepId, out var followed) || followed.Asking.IsCompleted)
            {
                feeds[sweepId] = followed = new(new(Guid.NewGuid().ToString("N")[..12]));
                followed.Asking = AskAsync(sweepId, followed);
            }

            followed.Followers++;
            return followed;
        }
    }

    private void Leave(string sweepId, Followed followed)
    {
        lock (gate)
        {
            if (--followed.Followers == 0)
            {
                followed.Nobody.Cancel();
                if (feeds.GetValueOrDefault(sweepId) == followed)
                {
                    feeds.Remove(sweepId);
                }
            }
        }
    }

    private async Task AskAsync(string sweepId, Followed followed)
    {
        await Task.Yield();
        var answeredAt = time.GetTimestamp();
        using var until = CancellationTokenSource.CreateLinkedTokenSource(followed.Nobody.Token, lifetime.ApplicationStopping);
        while (!until.IsCancellationRequested)
        {
            try
            {
                followed.Feed.Stands(await grains.GetGrain<IAggregatorGrain>(sweepId).Status().WaitAsync(until.Token));
                answeredAt = time.GetTimestamp();
                await Task.Delay(Every, time, until.Token);
            }
            catch (OperationCanceledException) when (until.IsCancellationRequested)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                // The silo stops.
                return;
            }
            catch (InvalidOperationException)
            {
                // What the aggregator says where there is no sweep of that id any more.
                followed.Feed.Note("gone", new { sweepId });
                return;
            }
            catch (Exception failure) when (failure is TimeoutException or Orleans.Runtime.OrleansException or OperationCanceledException)
            {
                followed.Feed.Note("silence", new { seconds = Math.Round(time.GetElapsedTime(answeredAt).TotalSeconds) });
                await Task.Delay(Every, time, until.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }

    private sealed class Followed(SweepFeed feed)
    {
        public SweepFeed Feed { get; } = feed;

        public CancellationTokenSource Nobody { get; } = new();

        public Task Asking { get; set; } = Task.CompletedTask;

        public int Followers { get; set; }
    }
}
