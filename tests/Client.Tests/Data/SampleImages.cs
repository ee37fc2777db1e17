using System.Formats.Tar;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SkiaSharp;

namespace SmallBatch.Client.Tests.Data;

/// <summary>Small images of known pixels, in every form that can be packed.</summary>
internal static class SampleImages
{
    public static readonly string[] Classes = ["owl", "robin", "wren"];

    /// <summary>The bytes of image number i, channels first.</summary>
    public static byte[] Pixels(int number, int side) =>
        [.. Enumerable.Range(0, (3 * side * side / 32) + 1).SelectMany(i => SHA256.HashData(Encoding.ASCII.GetBytes($"{number} {i}"))).Take(3 * side * side)];

    /// <summary>Image number i as a PNG, which loses nothing, or a JPEG.</summary>
    public static byte[] Encoded(int number, int side, SKEncodedImageFormat format = SKEncodedImageFormat.Png)
    {
        var pixels = Pixels(number, side);
        using var bitmap = new SKBitmap(new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var plane = side * side;
        for (var i = 0; i < plane; i++)
        {
            bitmap.SetPixel(i % side, i / side, new(pixels[i], pixels[plane + i], pixels[(2 * plane) + i]));
        }

        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }

    /// <summary>Class folders: image number i has class i mod 3; numbers in a class ascend with the file names.</summary>
    public static void WriteFolders(string root, int train, int test, int side)
    {
        for (var i = 0; i < train + test; i++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(root, i < train ? "train" : "val", Classes[i % 3])).FullName;
            File.WriteAllBytes(Path.Combine(folder, Name(i) + ".png"), Encoded(i, side));
        }
    }

    /// <summary>The same as shards of so many images.</summary>
    public static void WriteShards(string root, int train, int test, int side, int perShard = 5)
    {
        Directory.CreateDirectory(root);
        foreach (var (split, numbers) in new[] { ("train", Enumerable.Range(0, train)), ("val", Enumerable.Range(train, test)) })
        {
            foreach (var (shard, at) in numbers.Chunk(perShard).Select((s, at) => (s, at)))
            {
                using var writer = new TarWriter(File.Create(Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"{split}-{at:D4}.tar"))));
                foreach (var number in shard)
                {
                    Add(writer, $"./{Name(number)}.png", Encoded(number, side));
                    Add(writer, $"./{Name(number)}.cls", Encoding.ASCII.GetBytes($"{number % 3}\n"));
                    Add(writer, $"./{Name(number)}.json", "{}"u8.ToArray());
                }
            }
        }
    }

    public static void Add(TarWriter writer, string name, byte[] bytes) =>
        writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });

    private static string Name(int number) => number.ToString("D5", CultureInfo.InvariantCulture);
}
