using System.Globalization;
using System.Text.RegularExpressions;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Cluster.Tests;

/// <summary>What a silo tells Prometheus while a sweep trains on it.</summary>
public sealed partial class MetricsTests
{
    [Fact]
    public async Task Every_documented_metric_is_served_and_moves_while_a_sweep_trains_and_a_trainer_is_killed()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 2);
        using var http = new HttpClient();
        Assert.Equal(0, Sum(await ScrapeAsync(), "smallbatch_attempts_started_total"));
        await using var connection = await cluster.ConnectAsync();
        var sweep = await TestCluster.SubmitAsync(connection);
        await TestCluster.UntilEpochAsync(connection, sweep, 10);
        var early = await UntilAsync(m => Sum(m, "smallbatch_leases", "phase=\"held\"") == 2 && Sum(m, "smallbatch_training_images_per_second") > 0, "two slots train");
        Assert.Equal((2, 0), (Sum(early, "smallbatch_slots", "state=\"leased\""), Sum(early, "smallbatch_slots", "state=\"free\"")));
        Assert.Equal(Sum(early, "smallbatch_slots_wanted"), 2 + Sum(early, "smallbatch_queue"));
        Assert.True(Sum(early, "smallbatch_queue", "reason=\"slot\"") > 0);
        Assert.Equal(1, Sum(early, "smallbatch_ready"));
        Processes.Signal(Processes.Trainers(cluster.Silos[0].ProcessId)[0], Processes.KillSignal);
        var recovered = await UntilAsync(m => Sum(m, "smallbatch_recovery_seconds_count", "after=\"lost\"") == 1, "the killed trainer's work trains again");
        Assert.InRange(Sum(recovered, "smallbatch_recovery_seconds_sum"), 0.001, 60);
        Assert.Equal(1, Sum(recovered, "smallbatch_attempts_ended_total", "end=\"lost\""));
        Assert.True(Sum(recovered, "smallbatch_training_steps_total") > Sum(early, "smallbatch_training_steps_total"));
        await TestCluster.UntilAsync(async () => await connection.Grains.GetGrain<ISweepGrain>("chaos").Describe() is { Phase: SweepPhase.Completed }, "the sweep is complete");
        var late = await UntilAsync(m => Sum(m, "smallbatch_leases") == 0 && Sum(m, "smallbatch_training_images_per_second") == 0, "nothing trains");
        Assert.Equal(0, Sum(late, "smallbatch_queue") + Sum(late, "smallbatch_slots_wanted"));
        Assert.Equal((6, 0), (Sum(late, "smallbatch_configurations_ended_total", "outcome=\"completed\""), Sum(late, "smallbatch_configurations_ended_total", "outcome=\"failed\"")));
        Assert.Equal(7, Sum(late, "smallbatch_attempts_started_total"));
        Assert.True(Sum(late, "smallbatch_checkpoint_seconds_count", "phase=\"commit\"") >= Sum(late, "smallbatch_checkpoint_size_bytes_count"));
        Assert.True(Sum(late, "smallbatch_checkpoint_seconds_count", "phase=\"write\"") > 0 && Sum(late, "smallbatch_checkpoint_seconds_count", "phase=\"fetch\"") > 0);
        Assert.True(Sum(late, "smallbatch_store_request_seconds_count", "service=\"table\"") > 0 && Sum(late, "smallbatch_store_request_seconds_count", "service=\"blob\"") > 0);

        // Orleans' own counters are there from the first thing that they count.
        Assert.DoesNotContain(Documented().Where(n => !n.StartsWith("orleans_", StringComparison.Ordinal) || !n.EndsWith("_total", StringComparison.Ordinal)), name => !Regex.IsMatch(late, $@"^{name}(_count)?[ {{]", RegexOptions.Multiline));

        async Task<string> ScrapeAsync() => await http.GetStringAsync($"http://127.0.0.1:{cluster.HttpPort(0)}/metrics", TestContext.Current.CancellationToken);

        async Task<string> UntilAsync(Func<string, bool> holds, string what)
        {
            var read = "";
            await Processes.UntilAsync(async () => holds(read = await ScrapeAsync()), what);
            return read;
        }
    }

    /// <summary>The metrics of docs/operations.md.</summary>
    private static IEnumerable<string> Documented()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SmallBatch.sln")))
        {
            folder = folder.Parent!;
        }

        return Row().Matches(File.ReadAllText(Path.Combine(folder.FullName, "docs", "operations.md"))).Select(m => m.Groups[1].Value);
    }

    private static double Sum(string metrics, string name, string label = "") => metrics.Split('\n')
        .Where(l => (l.StartsWith($"{name} ", StringComparison.Ordinal) || l.StartsWith($"{name}{{", StringComparison.Ordinal)) && l.Contains(label, StringComparison.Ordinal))
        .Sum(l => double.Parse(Value().Match(l).Groups[1].Value, CultureInfo.InvariantCulture));

    /// <summary>What follows the labels; a time may follow it.</summary>
    [GeneratedRegex(@"^[^ {]+(?:\{[^}]*\})? ([^ ]+)")]
    private static partial Regex Value();

    [GeneratedRegex(@"^\| `((?:smallbatch|orleans)_[a-z_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
