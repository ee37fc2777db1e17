using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace SmallBatch.Client.Export;

/// <summary>
/// An event file as TensorBoard reads it: records of length, its checksum, an <c>Event</c> in protocol buffers and its checksum
/// (tensorflow/core/lib/io/record_writer.h, tensorflow/core/util/event.proto). Scalars only.
/// </summary>
internal sealed class EventFile : IDisposable
{
    /// <summary>What TensorFlow adds to a checksum's rotation, so that a record that holds checksums has another.</summary>
    private const uint MaskDelta = 0xa282ead8;

    /// <summary>Field numbers and wire types of the messages.</summary>
    private const byte WallTime = (1 << 3) | 1, Step = (2 << 3) | 0, FileVersion = (3 << 3) | 2, Summary = (5 << 3) | 2, Value = (1 << 3) | 2, Tag = (1 << 3) | 2, SimpleValue = (2 << 3) | 5;

    private readonly Stream stream;
    private readonly double wallTime;

    /// <summary>Begins a file; every event bears the same time.</summary>
    public EventFile(string path, DateTimeOffset at)
    {
        stream = new BufferedStream(File.Create(path), 1 << 14);
        wallTime = at.ToUnixTimeMilliseconds() / 1000d;
        Record(w => Bytes(w, FileVersion, "brain.Event:2"u8));
    }

    /// <summary>Adds the values at a step, each under its tag.</summary>
    public void Scalars(long step, params ReadOnlySpan<(string Tag, double Value)> values)
    {
        using var summary = new MemoryStream();
        using var writer = new BinaryWriter(summary);
        foreach (var (tag, value) in values)
        {
            using var one = new MemoryStream();
            using var inner = new BinaryWriter(one);
            Bytes(inner, Tag, Encoding.UTF8.GetBytes(tag));
            inner.Write(SimpleValue);
            inner.Write((float)value);
            Bytes(writer, Value, one.ToArray());
        }

        Record(w =>
        {
            w.Write(Step);
            w.Write7BitEncodedInt64(step);
            Bytes(w, Summary, summary.ToArray());
        });
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private static void Bytes(BinaryWriter writer, byte field, ReadOnlySpan<byte> value)
    {
        writer.Write(field);
        writer.Write7BitEncodedInt(value.Length);
        writer.Write(value);
    }

    private void Record(Action<BinaryWriter> write)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        writer.Write(WallTime);
        writer.Write(wallTime);
        write(writer);
        var data = memory.ToArray();
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, data.Length);
        stream.Write(length);
        Checksum(length);
        stream.Write(data);
        Checksum(data);
    }

    private void Checksum(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        Span<byte> masked = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(masked, BitOperations.RotateRight(~crc, 15) + MaskDelta);
        stream.Write(masked);
    }
}
