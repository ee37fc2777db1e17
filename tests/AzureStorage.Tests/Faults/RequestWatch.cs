using System.Collections.Concurrent;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace SmallBatch.AzureStorage.Tests.Faults;

/// <summary>One request as it leaves the client.</summary>
public sealed record SeenRequest(string Method, string Uri, string? IfMatch, string? IfNoneMatch, string Body);

/// <summary>Sees every request of a client before it is sent; <see cref="Before"/> may do something of its own first.</summary>
public sealed class RequestWatch : HttpPipelinePolicy
{
    /// <summary>Every request so far.</summary>
    public ConcurrentQueue<SeenRequest> Seen { get; } = [];

    /// <summary>Runs before a request is sent.</summary>
    public Func<SeenRequest, Task>? Before { get; set; }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException("The providers are asynchronous.");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        using var body = new MemoryStream();
        if (message.Request.Content is { } content)
        {
            await content.WriteToAsync(body, message.CancellationToken);
        }

        var request = new SeenRequest(message.Request.Method.Method, Uri.UnescapeDataString(message.Request.Uri.ToString()), Header("If-Match"), Header("If-None-Match"), Encoding.UTF8.GetString(body.ToArray()));
        Seen.Enqueue(request);
        await (Before?.Invoke(request) ?? Task.CompletedTask);
        await ProcessNextAsync(message, pipeline);

        string? Header(string name) => message.Request.Headers.TryGetValue(name, out var value) ? value : null;
    }
}
