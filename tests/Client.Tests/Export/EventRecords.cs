using System.Text;

namespace SmallBatch.Client.Tests.Export;

/// <summary>Reads event files by the format's description, in its own way: bit by bit where the product uses the processor's checksum.</summary>
internal static class EventRecords
{
    /// <summary>Every scalar: step, tag, value. Fails where a record does not fit its checksum.</summary>
    public static List<(long Step, string Tag, float Value)> Read(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path));
        var scalars = new List<(long, string, float)>();
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var length = reader.ReadBytes(8);
            Assert.Equal(Masked(length), reader.ReadUInt32());
            var data = reader.ReadBytes((int)BitConverter.ToInt64(length));
            Assert.Equal(Masked(data), reader.ReadUInt32());
            var fields = Fields(data);
            if (fields.TryGetValue(5, out var summaries))
            {
                foreach (var value in summaries.SelectMany(s => Fields((byte[])s)[1]).Select(v => Fields((byte[])v)))
                {
                    scalars.Add(((long)fields[2][0], Encoding.UTF8.GetString((byte[])value[1][0]), (float)value[2][0]));
                }
            }
            else
            {
                Assert.Equal("brain.Event:2", Encoding.UTF8.GetString((byte[])fields[3][0]));
            }
        }

        return scalars;
    }

    private static Dictionary<int, List<object>> Fields(byte[] message)
    {
        using var reader = new BinaryReader(new MemoryStream(message));
        var fields = new Dictionary<int, List<object>>();
        while (reader.BaseStream.Position < message.Length)
        {
            var key = reader.Read7BitEncodedInt();
            object value = (key & 7) switch
            {
                0 => reader.Read7BitEncodedInt64(),
                1 => reader.ReadDouble(),
                5 => reader.ReadSingle(),
                _ => reader.ReadBytes(reader.Read7BitEncodedInt()),
            };
            (fields.TryGetValue(key >> 3, out var list) ? list : fields[key >> 3] = []).Add(value);
        }

        return fields;
    }

    private static uint Masked(byte[] data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
            }
        }

        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }
}
