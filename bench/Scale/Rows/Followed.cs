using System.Globalization;
using SmallBatch.Bench.Scale.Cluster;

namespace SmallBatch.Bench.Scale.Rows;

/// <summary>Row 11: what those who follow a sweep on a silo cost the sweep.</summary>
internal static class Followed
{
    private const int Followers = 200;

    /// <summary>Runs without and with them in turns, each on a cluster of its own, medians: as fast as the control plane can, and of trials of a second.</summary>
    public static async Task FollowAsync(ScaleTable table, bool quick, int repeats)
    {
        await CompareAsync(table, "0s", quick ? 400 : 2000, repeats);
        if (!quick)
        {
            await CompareAsync(table, "1s", 320, repeats);
        }
    }

    private static async Task CompareAsync(ScaleTable table, string duration, int configurations, int repeats)
    {
        var (alone, followed, readers) = (new List<double>(), new List<double>(), new List<EventReader>());
        for (var i = 0; i < repeats; i++)
        {
            // The one that goes first changes, so that a machine that grows slower favours neither.
            foreach (var isFollowed in i % 2 == 0 ? new[] { false, true } : [true, false])
            {
                await using var cluster = await ScaleCluster.StartAsync(duration);
                await cluster.RunAsync("warm", ScaleCluster.Slots * 2);
                using var http = new HttpClient { BaseAddress = cluster.Page, Timeout = Timeout.InfiniteTimeSpan };
                var reading = Enumerable.Range(0, isFollowed ? Followers : 0).Select(_ => new EventReader()).ToList();
                var run = await cluster.RunAsync("followed", configurations, sweep => Task.WhenAll(reading.Select(r => r.ReadAsync(http, sweep.Name))));
                (isFollowed ? followed : alone).Add(configurations / run.Seconds);
                readers.AddRange(reading);
            }
        }

        var share = Median.Of(followed) / Median.Of(alone);
        var what = $"{configurations} trials of {duration.TrimEnd('s')} s";
        ScaleTable.Line(11, $"{what}, trials/s", Median.Of(alone), "F1", Spread(alone));
        ScaleTable.Line(11, $"{what} with {Followers} event streams, trials/s", Median.Of(followed), "F1", Spread(followed));
        ScaleTable.Line(11, "  events that a stream read, fewest", readers.Min(r => r.Events), "F0", $"most {readers.Max(r => r.Events)}, all together {readers.Sum(r => r.Events)}");
        ScaleTable.Line(11, "  snapshots that a stream was sent, most", readers.Max(r => r.Snapshots), "F0", "");
        ScaleTable.Line(11, "  MB that a run's streams read", readers.Sum(r => r.Bytes) / 1e6 / repeats, "F1", "");
        table.Target($"followed-{duration}-throughput-share", share, 0.95, more: true);
    }

    private static string Spread(List<double> rates) => string.Create(CultureInfo.InvariantCulture, $"{rates.Min():F1} to {rates.Max():F1} in {rates.Count} runs");
}
