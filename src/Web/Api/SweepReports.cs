using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SmallBatch.Contracts;
using SmallBatch.Contracts.Results;
using SmallBatch.Reports;

namespace SmallBatch.Web.Api;

/// <summary>
/// Reports as the console writes them, made outside every grain's turn. Drawing takes seconds and memory for a large sweep, so a silo
/// draws one at a time, and keeps the latest few until their sweep's results are others.
/// </summary>
internal sealed class SweepReports(IGrainFactory grains) : IDisposable
{
    /// <summary>How many epochs of replicas a sweep may have whose report a silo draws: 0.2 kB each in memory (docs/benchmarks.md, "report"), of a silo's 1 GiB.</summary>
    public const int MostEpochs = 400_000;

    /// <summary>How many are kept.</summary>
    private const int Most = 8;
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>The kept ones, latest last.</summary>
    private readonly List<(string SweepId, Tagged Report)> kept = [];

    /// <summary>The report of that sweep; its ETag is its results'.</summary>
    public async Task<Tagged> OfAsync(string sweepId, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            var results = await grains.GetGrain<IAggregatorGrain>(sweepId).Results(cancellationToken);
            var tag = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(results, JsonForm.Compact)).AsSpan(0, 16));
            var report = kept.Find(k => k.SweepId == sweepId).Report;
            if (report?.Tag != tag)
            {
                report = new(tag, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(ReportPage.Write([results], mixed: false))) { Policy = ReportPage.Policy };
            }

            kept.RemoveAll(k => k.SweepId == sweepId);
            kept.Add((sweepId, report));
            kept.RemoveRange(0, Math.Max(0, kept.Count - Most));
            return report;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();
}
