using Azure.Core;
using Azure.Core.Pipeline;

namespace SmallBatch.AzureStorage.Writes;

/// <summary>
/// Tells a provider that the client sent one write more than once. Only then can a refusal (409, 412, 404) be the echo of
/// our own first try whose answer was lost; without it a refusal is always taken as somebody else's write.
/// </summary>
public static class RetryTracking
{
    private static readonly AsyncLocal<SendCount?> Current = new();
    private static readonly CountingPolicy Policy = new();

    /// <summary>Adds the tracking to the options of a table or blob client, before the client is made.</summary>
    public static TOptions WithRetryTracking<TOptions>(this TOptions options)
        where TOptions : ClientOptions
    {
        ArgumentNullException.ThrowIfNull(options);
        options.AddPolicy(Policy, HttpPipelinePosition.PerRetry);
        return options;
    }

    /// <summary>Counts the requests that are sent from here on, in this asynchronous flow.</summary>
    internal static SendCount Begin() => Current.Value = new();

    internal sealed class SendCount
    {
        /// <summary>Requests sent so far.</summary>
        public int Sent { get; set; }
    }

    private sealed class CountingPolicy : HttpPipelineSynchronousPolicy
    {
        public override void OnSendingRequest(HttpMessage message)
        {
            // .NET's own client sends a request without a body again, unseen, where its answer is lost. An empty body stops that.
            if (message.Request.Method == RequestMethod.Delete)
            {
                message.Request.Content ??= RequestContent.Create(ReadOnlyMemory<byte>.Empty);
            }

            if (Current.Value is { } count)
            {
                count.Sent++;
            }
        }
    }
}
