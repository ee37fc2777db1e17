using System.Diagnostics;
using SmallBatch.Bench.Scale.Cluster;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Bench.Eta;

/// <summary>A sweep that is asked all the time how long it will take.</summary>
internal static class Watched
{
    /// <summary>When a forecast is looked at, as shares of the whole duration.</summary>
    public static readonly double[] Shares = [0.1, 0.25, 0.5, 0.75];

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>Submits it, asks until it is complete, and answers what it foretold at each of <see cref="Shares"/>: the last that was said by then. Nothing where nothing was said.</summary>
    public static async Task<IReadOnlyList<Foretold>> RunAsync(ScaleCluster cluster, string name, string spec, string network)
    {
        var sweep = await cluster.SubmitAsync(name, spec, network);
        var aggregator = cluster.Grains.GetGrain<IAggregatorGrain>(sweep.SweepId);
        var clock = Stopwatch.StartNew();
        var said = new List<(double At, SweepStatus Status)>();
        while (true)
        {
            var status = await aggregator.Status();
            var at = clock.Elapsed.TotalSeconds;
            if (status.Sweep.Phase == SweepPhase.Completed)
            {
                return [.. Shares.Select(s => Of(s, at, said)).OfType<Foretold>()];
            }

            said.Add((at, status with { Cells = [.. status.Cells.Where(c => c.Status == ConfigurationStatus.Completed)] }));
            await Task.Delay(Look);
        }
    }

    private static Foretold? Of(double share, double whole, List<(double At, SweepStatus Status)> said) =>
        said.LastOrDefault(s => s.At <= share * whole) is { Status.EtaSeconds: { } left } last
            ? new(share, last.Status.Cells.Length, left, last.Status.EtaDeviationSeconds, whole - last.At, whole)
            : null;
}
