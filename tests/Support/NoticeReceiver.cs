using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace SmallBatch.Tests;

/// <summary>A request as it came, and what was answered.</summary>
internal sealed record ReceivedNotice(string Id, string Timestamp, string? Signature, string Body, HttpStatusCode Answered)
{
    /// <summary>As a receiver does it by the documentation.</summary>
    public bool IsSignedWith(string secret) =>
        Signature == "sha256=" + Convert.ToHexString(new HMACSHA256(Encoding.UTF8.GetBytes(secret)).ComputeHash(Encoding.UTF8.GetBytes($"{Timestamp}.{Body}"))).ToLowerInvariant();
}

/// <summary>A receiver of webhooks, which answers what it is told to.</summary>
internal sealed class NoticeReceiver : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentQueue<ReceivedNotice> received = [];
    private readonly Task taking;
    private int asked;

    public NoticeReceiver(Func<int, HttpStatusCode> answer)
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        free.Stop();
        listener.Prefixes.Add(Url);
        listener.Start();
        taking = TakeAsync(answer);
    }

    /// <summary>Where it listens.</summary>
    public string Url { get; }

    /// <summary>Every request so far.</summary>
    public IReadOnlyList<ReceivedNotice> Received => [.. received];

    /// <summary>What it has taken.</summary>
    public IReadOnlyList<ReceivedNotice> Taken => [.. received.Where(r => r.Answered == HttpStatusCode.OK)];

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await taking;
        listener.Close();
    }

    private async Task TakeAsync(Func<int, HttpStatusCode> answer)
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream);
                var body = await reader.ReadToEndAsync();
                var status = answer(asked++);
                string? Header(string name) => context.Request.Headers[name];
                received.Enqueue(new(Header("SmallBatch-Event-Id") ?? "", Header("SmallBatch-Timestamp") ?? "", Header("SmallBatch-Signature"), body, status));
                context.Response.StatusCode = (int)status;
                context.Response.RedirectLocation = status == HttpStatusCode.Redirect ? Url : null;
                context.Response.Close();
            }
        }
        catch (Exception over) when (over is HttpListenerException or ObjectDisposedException)
        {
            // It was stopped.
        }
    }
}
