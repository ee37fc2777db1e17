using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SmallBatch.Client.Tests.Data;

/// <summary>An HTTP server for one file that understands ranges and cuts every connection after so many bytes.</summary>
internal sealed class CuttingServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly byte[] body;
    private readonly int cutAfter;
    private readonly bool ranges;
    private readonly Task serving;

    public CuttingServer(byte[] body, int cutAfter, bool ranges = true)
    {
        (this.body, this.cutAfter, this.ranges) = (body, cutAfter, ranges);
        listener.Start();
        serving = ServeAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/file.tar.gz");

    /// <summary>First byte of each request's range.</summary>
    public List<int> Ranges { get; } = [];

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await AnswerAsync(client);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped while it waited, or between two clients.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        var first = 0;
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            if (line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase))
            {
                first = int.Parse(line.Split('=')[1].TrimEnd('-'), CultureInfo.InvariantCulture);
            }
        }

        Ranges.Add(first);
        var from = ranges ? first : 0;
        var status = from >= body.Length ? "416 Range Not Satisfiable" : ranges && first > 0 ? "206 Partial Content" : "200 OK";
        var range = status.StartsWith("206", StringComparison.Ordinal) ? $"Content-Range: bytes {from}-{body.Length - 1}/{body.Length}\r\n" : "";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{range}Content-Length: {Math.Max(0, body.Length - from)}\r\nConnection: close\r\n\r\n"));
        await stream.WriteAsync(body.AsMemory(from, Math.Min(cutAfter, body.Length - from)));
    }
}
