using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace SmallBatch.Tests;

/// <summary>A span as a collector gets it.</summary>
internal sealed record CollectedSpan(string TraceId, string SpanId, string ParentId, string Name, ulong Start, ulong End, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> Links, IReadOnlyList<string> Events);

/// <summary>Takes traces by OTLP over HTTP, as OpenTelemetry's own description of the messages numbers their fields.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentQueue<CollectedSpan> spans = [];
    private readonly Task taking;

    public OtlpCollector()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        Endpoint = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        free.Stop();
        listener.Prefixes.Add(Endpoint);
        listener.Start();
        taking = TakeAsync();
    }

    /// <summary>Where it listens.</summary>
    public string Endpoint { get; }

    /// <summary>What it has got.</summary>
    public IReadOnlyList<CollectedSpan> Spans => [.. spans];

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await taking;
        listener.Close();
    }

    private async Task TakeAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                foreach (var span in Messages(body.ToArray(), 1).SelectMany(resource => Messages(resource, 2)).SelectMany(scope => Messages(scope, 2)))
                {
                    spans.Enqueue(Read(span));
                }

                context.Response.Close();
            }
        }
        catch (Exception over) when (over is HttpListenerException or ObjectDisposedException)
        {
            // It was stopped.
        }
    }

    private static CollectedSpan Read(byte[] span)
    {
        var fields = Fields(span).ToLookup(f => f.Number);
        return new(
            Hex(fields[1]), Hex(fields[2]), Hex(fields[4]), Text(fields[5]), fields[7].Single().Fixed, fields[8].Single().Fixed,
            fields[9].Select(a => Fields(a.Bytes).ToLookup(f => f.Number)).ToDictionary(a => Text(a[1]), a => Value(a[2].Single().Bytes), StringComparer.Ordinal),
            [.. fields[13].Select(l => Hex(Fields(l.Bytes).Where(f => f.Number == 1)))],
            [.. fields[11].Select(e => Text(Fields(e.Bytes).Where(f => f.Number == 2)))]);
    }

    private static string Value(byte[] any) => Fields(any).Single() switch
    {
        (1, _, var text) => System.Text.Encoding.UTF8.GetString(text),
        (_, var number, _) => $"{number}",
    };

    private static string Hex(IEnumerable<(int Number, ulong Fixed, byte[] Bytes)> field) => Convert.ToHexStringLower(field.SingleOrDefault().Bytes ?? []);

    private static string Text(IEnumerable<(int Number, ulong Fixed, byte[] Bytes)> field) => System.Text.Encoding.UTF8.GetString(field.Single().Bytes);

    private static IEnumerable<byte[]> Messages(byte[] message, int number) => Fields(message).Where(f => f.Number == number).Select(f => f.Bytes);

    /// <summary>The fields of a protobuf message: a number's value or what has a length.</summary>
    private static IEnumerable<(int Number, ulong Fixed, byte[] Bytes)> Fields(byte[] message)
    {
        var at = 0;
        while (at < message.Length)
        {
            var key = VarInt();
            var number = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    yield return (number, VarInt(), []);
                    break;
                case 1:
                    yield return (number, BitConverter.ToUInt64(message, at), []);
                    at += sizeof(ulong);
                    break;
                case 2:
                    var length = (int)VarInt();
                    yield return (number, 0, message[at..(at + length)]);
                    at += length;
                    break;
                case 5:
                    yield return (number, BitConverter.ToUInt32(message, at), []);
                    at += sizeof(uint);
                    break;
                default:
                    throw new InvalidDataException($"found a field of wire type {key & 7}, wanted 0, 1, 2 or 5");
            }
        }

        ulong VarInt()
        {
            ulong value = 0;
            for (var shift = 0; ; shift += 7)
            {
                var next = message[at++];
                value |= (ulong)(next & 0x7f) << shift;
                if (next < 0x80)
                {
                    return value;
                }
            }
        }
    }
}
