using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SmallBatch.Tests;

/// <summary>A pack written byte by byte from the format's description, without the product's own writer.</summary>
internal static class HandMadePack
{
    /// <summary>Writes a pack of two classes in which byte j of image i is (31·i + j) mod 251 and label i is i mod <paramref name="labels"/>; answers its content hash.</summary>
    public static string Write(string path, string kind = "folder", string name = "birds", int train = 6, int test = 4, int side = 8, int version = 1, int labels = 2)
    {
        var images = Enumerable.Range(0, train + test).Select(i => Image(i, side)).ToList();
        var plane = side * side;
        var channels = Enumerable.Range(0, 3).Select(c => images.Take(train).SelectMany(i => i.Skip(c * plane).Take(plane)).Select(b => (long)b).ToList()).ToList();
        var json = $$"""{"kind":"{{kind}}","name":"{{name}}","trainImages":{{train}},"testImages":{{test}},"side":{{side}},"skipped":0,"classes":["owl","wren"],"sums":[{{string.Join(',', channels.Select(c => c.Sum()))}}],"squares":[{{string.Join(',', channels.Select(c => c.Sum(v => v * v)))}}]}""";
        using var file = new MemoryStream();
        file.Write("SBatPack"u8);
        file.Write(BitConverter.GetBytes(version));
        file.Write(BitConverter.GetBytes(json.Length + 3));
        file.Write(Encoding.UTF8.GetBytes(json + "   "));
        var header = file.ToArray();
        images.ForEach(i => file.Write(i));
        var tail = new MemoryStream();
        for (var i = 0; i < images.Count; i++)
        {
            var label = new byte[2];
            BinaryPrimitives.WriteUInt16LittleEndian(label, (ushort)(i % labels));
            tail.Write(label);
        }

        images.ForEach(i => tail.Write(SHA256.HashData(i)));
        var hash = SHA256.HashData([.. header, .. tail.ToArray()]);
        file.Write(tail.ToArray());
        file.Write(hash);
        File.WriteAllBytes(path, file.ToArray());
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>The bytes of an image.</summary>
    public static byte[] Image(int index, int side) => [.. Enumerable.Range(0, 3 * side * side).Select(j => (byte)(((31 * index) + j) % 251))];
}
