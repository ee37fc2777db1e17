using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SmallBatch.AzureStorage.Tests.Faults;

/// <summary>A small proxy between a client and Azurite, one request a connection, that does to each request what it is told.</summary>
public sealed class FaultyProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentBag<Task> connections = [];
    private readonly int target;
    private readonly Func<string, Fault?> choose;
    private readonly Task accepting;

    /// <summary>Starts before the port <paramref name="target"/>; <paramref name="choose"/> gets each request's first line and answers its fault, or null.</summary>
    public FaultyProxy(int target, Func<string, Fault?> choose)
    {
        (this.target, this.choose) = (target, choose);
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(connections);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var request = await ReadRequestAsync(stream);
                if (request.Length == 0)
                {
                    return;
                }

                var fault = choose(Encoding.ASCII.GetString(request, 0, Array.IndexOf(request, (byte)'\r'))) ?? new(true);
                await Task.Delay(fault.Delay, stop.Token);
                var answer = fault.Delivered ? await ForwardAsync(request, fault.MissingBytes) : [];
                answer = fault.Answer is null ? answer : Encoding.ASCII.GetBytes(fault.Answer);
                await stream.WriteAsync(answer.AsMemory(0, Math.Min(answer.Length, fault.AnswerBytes ?? answer.Length)), stop.Token);
                if (fault.AnswerBytes is not null)
                {
                    // A reset, not an orderly end.
                    client.LingerState = new(true, 0);
                }
            }
            catch (Exception failure) when (failure is IOException or OperationCanceledException or SocketException)
            {
                // The client gave up.
            }
        }
    }

    private async Task<byte[]> ForwardAsync(byte[] request, int missing)
    {
        using var store = new TcpClient();
        await store.ConnectAsync(IPAddress.Loopback, target, stop.Token);
        await store.GetStream().WriteAsync(request.AsMemory(0, request.Length - missing), stop.Token);
        if (missing > 0)
        {
            store.LingerState = new(true, 0);
            return [];
        }

        using var answer = new MemoryStream();
        await store.GetStream().CopyToAsync(answer, stop.Token);
        return answer.ToArray();
    }

    /// <summary>One whole request, told to end its connection; empty where the client closed first.</summary>
    private async Task<byte[]> ReadRequestAsync(NetworkStream stream)
    {
        using var head = new MemoryStream();
        var one = new byte[1];
        while (!EndsHead(head.GetBuffer().AsSpan(0, (int)head.Length)))
        {
            if (await stream.ReadAsync(one, stop.Token) == 0)
            {
                return [];
            }

            head.WriteByte(one[0]);
        }

        var lines = Encoding.ASCII.GetString(head.ToArray()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Where(l => !l.StartsWith("Connection:", StringComparison.OrdinalIgnoreCase)).ToList();
        var length = lines.Where(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Select(l => int.Parse(l[15..], CultureInfo.InvariantCulture)).FirstOrDefault();
        if (lines.Exists(l => l.StartsWith("Expect:", StringComparison.OrdinalIgnoreCase) || l.StartsWith("Transfer-Encoding:", StringComparison.OrdinalIgnoreCase)))
        {
            throw new NotSupportedException(string.Join('\n', lines));
        }

        var body = new byte[length];
        await stream.ReadExactlyAsync(body, stop.Token);
        return [.. Encoding.ASCII.GetBytes(string.Join("\r\n", lines.Append("Connection: close")) + "\r\n\r\n"), .. body];
    }

    private static bool EndsHead(ReadOnlySpan<byte> bytes) => bytes.EndsWith("\r\n\r\n"u8);
}
