using System.Text;
using System.Text.Json;
using SmallBatch.Contracts;

namespace SmallBatch.Web.Live;

/// <summary>One event of a sweep's feed, as it is sent: the bytes are made once for all who follow.</summary>
internal sealed class SweepEvent(string name, string? id, object data)
{
    /// <summary>Said to those who would otherwise hear nothing for long, so that proxies keep the line and a dead one is noticed.</summary>
    public static readonly ReadOnlyMemory<byte> KeepAlive = Encoding.UTF8.GetBytes(": nothing new\n\n");

    private readonly Lazy<ReadOnlyMemory<byte>> bytes = new(() =>
        Encoding.UTF8.GetBytes($"event: {name}\n{(id is null ? "" : $"id: {id}\n")}data: {JsonSerializer.Serialize(data, data.GetType(), JsonForm.Compact)}\n\n"));

    /// <summary>As the wire has it.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes.Value;
}
