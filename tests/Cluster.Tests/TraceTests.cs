using System.Text.Json;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Tests;

namespace SmallBatch.Cluster.Tests;

/// <summary>What a collector of traces and a reader of logs see of a sweep on two silos one of which is killed.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task One_configuration_s_trace_is_whole_from_its_sweep_s_submission_to_its_outcome_and_logs_bear_its_ids()
    {
        await using var collector = new OtlpCollector();
        string[] settings = [$"--OTEL_EXPORTER_OTLP_ENDPOINT={collector.Endpoint}", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "--OTEL_BSP_SCHEDULE_DELAY=500", "--Log:Form=json"];
        await using var cluster = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        await cluster.AddSiloAsync(1, settings);
        await cluster.AddSiloAsync(1, settings);
        await using var connection = await cluster.ConnectAsync(silo: 1);
        var sweep = await TestCluster.SubmitAsync(connection);
        var pool = await connection.Grains.GetGrain<IGpuPoolGrain>("default").Describe();
        var first = pool.Hosts.Single(h => h.HostName == "silo-1").Host;
        await TestCluster.UntilEpochAsync(connection, sweep, 5, c => c.Host == first);
        Processes.Signal(Processes.Trainers(cluster.Silos[0].ProcessId).Single(), Processes.KillSignal);
        await TestCluster.UntilAsync(async () => await connection.Grains.GetGrain<ISweepGrain>("chaos").Describe() is { Phase: SweepPhase.Completed }, "the sweep is complete");
        IReadOnlyList<CollectedSpan> spans = [];
        await Processes.UntilAsync(() => Task.FromResult(IsWhole(spans = collector.Spans)), "every span has come");
        var submit = Assert.Single(spans, s => s.Name == "submit");
        Assert.Equal("chaos", submit.Tags["smallbatch.sweep"]);
        Assert.Contains(submit.TraceId, spans.Where(s => s.Name == "order").Select(s => s.TraceId));
        var roots = spans.Where(s => s.Name == "configuration").ToList();
        Assert.Equal(6, roots.Select(r => r.Tags["smallbatch.configuration"]).Distinct().Count());
        Assert.All(roots, r => Assert.Equal((submit.TraceId, ""), (Assert.Single(r.Links), r.ParentId)));

        // The one whose trainer was killed: two attempts, the first lost, the second resumed where it could, and each below its lease.
        var trace = roots.Select(r => spans.Where(s => s.TraceId == r.TraceId).ToList()).First(t => t.Any(s => s.Name == "attempt" && s.Tags["smallbatch.end"] == "lost"));
        Assert.All(trace.Where(s => s.ParentId.Length > 0), s => Assert.Contains(s.ParentId, trace.Select(p => p.SpanId)));
        var attempts = trace.Where(s => s.Name == "attempt").OrderBy(s => s.Start).ToList();
        Assert.Equal(["lost", "completed"], attempts.Select(a => a.Tags["smallbatch.end"]));
        foreach (var attempt in attempts)
        {
            Assert.Contains("lease", Above(attempt).Select(s => s.Name));
            Assert.Contains(attempt, Above(trace.Single(s => s.Name == "outcome" && s.Tags["smallbatch.attempt"] == attempt.Tags["smallbatch.attempt"])));
            var train = trace.Single(s => s.Name == "train" && s.ParentId == attempt.SpanId);
            Assert.True(attempt.Start <= train.Start && train.Start < train.End && train.End <= attempt.End);
            Assert.Contains("epoch", train.Events);
        }

        Assert.Contains(trace, s => s.Name == "checkpoint" && s.ParentId == attempts[^1].SpanId);
        Assert.Equal(2, trace.Count(s => s.Name == "wait"));
        Assert.DoesNotContain(trace, s => s.Name.EndsWith("/Report", StringComparison.Ordinal));
        Assert.DoesNotContain(spans, s => s.Name.Contains("Heartbeat", StringComparison.Ordinal));

        // The trainer's own log, and the silo's, name the same.
        var key = roots.Single(r => r.TraceId == attempts[0].TraceId).Tags["smallbatch.configuration"];
        Assert.Contains(attempts[1].TraceId, await connection.Grains.GetGrain<IConfigurationGrain>(key).Log(2, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var lines = cluster.LogLines().Where(l => l.StartsWith('{')).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        var over = lines.Single(l => l.GetProperty("event").GetString() == "AttemptOver" && l.GetProperty("configuration").GetString() == key && l.GetProperty("attempt").GetInt32() == 2);
        Assert.Equal(("chaos", attempts[1].Tags["smallbatch.token"]), (over.GetProperty("sweep").GetString(), over.GetProperty("token").GetString()));

        // Spans come when they end, the upper ones last.
        static bool IsWhole(IReadOnlyList<CollectedSpan> spans) =>
            spans.Count(s => s.Name == "outcome" && s.Tags["smallbatch.end"] == "completed") == 6 && spans.Count(s => s.Name == "attempt" && s.Tags["smallbatch.end"] == "completed") == 6
            && !spans.Select(s => s.ParentId).Except(spans.Select(s => s.SpanId)).Any(p => p.Length > 0);

        IEnumerable<CollectedSpan> Above(CollectedSpan below)
        {
            for (var span = below; span is not null; span = trace.SingleOrDefault(s => s.SpanId == span.ParentId))
            {
                yield return span;
            }
        }
    }
}
