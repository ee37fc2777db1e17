using SmallBatch.Grains.Sweeps;
using SmallBatch.Silo.Settings;

namespace SmallBatch.Silo.Notices;

/// <summary>One try at a receiver: where the operator's address sends it on to, it does not follow, and what it answers nobody reads.</summary>
internal sealed class WebhookClient(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Patience };

    /// <summary>Null where the receiver has taken it, else why not.</summary>
    public async Task<string?> TryAsync(SweepNotice notice, WebhookReceiver receiver, CancellationToken cancellationToken)
    {
        try
        {
            using var request = WebhookMessage.Of(notice, receiver, time.GetUtcNow());
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.IsSuccessStatusCode ? null : $"it answered {(int)response.StatusCode}";
        }
        catch (HttpRequestException failure)
        {
            return failure.HttpRequestError.ToString();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"it did not answer within {Patience.TotalSeconds} s";
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();
}
