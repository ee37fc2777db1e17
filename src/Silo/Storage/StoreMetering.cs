using Azure.Core;
using Azure.Core.Pipeline;

namespace SmallBatch.Silo.Storage;

/// <summary>Measures every request of a client, whoever's it is: grain state, membership, leases, results, checkpoints.</summary>
internal sealed class StoreMetering(string service, StoreMetrics metrics, TimeProvider time) : HttpPipelinePolicy
{
    /// <summary>What an answer of that status means.</summary>
    public static StoreOutcome Judge(int status) => status switch
    {
        < 400 => StoreOutcome.Done,
        404 or 409 or 412 => StoreOutcome.Refused,
        429 or 503 => StoreOutcome.Throttled,
        < 500 => StoreOutcome.Denied,
        _ => StoreOutcome.Failed,
    };

    /// <inheritdoc/>
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var since = time.GetTimestamp();
        try
        {
            ProcessNext(message, pipeline);
        }
        finally
        {
            Measure(message, since);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var since = time.GetTimestamp();
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        finally
        {
            Measure(message, since);
        }
    }

    private void Measure(HttpMessage message, long since)
    {
        var isBatch = message.Request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal);
        metrics.Asked(
            service,
            isBatch ? "batch" : message.Request.Method.Method.ToLowerInvariant(),
            message.HasResponse ? Judge(message.Response.Status) : StoreOutcome.Silent,
            time.GetElapsedTime(since));
    }
}
