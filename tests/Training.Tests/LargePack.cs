using System.Security.Cryptography;
using SmallBatch.Specs.Datasets;

namespace SmallBatch.Training.Tests;

/// <summary>A pack larger than an array, and than what is read whole before training: zeros but for the last image, in a file with a hole, which takes no room.</summary>
internal static class LargePack
{
    public const int Images = 800;

    /// <summary>Writes <c>large.pack</c>: all but the last image train; the last begins with 7 and ends with 9.</summary>
    public static PackLayout Write(string folder)
    {
        var header = new PackHeader("folder", "large", Images - 1, 1, 1024, 0, ["a", "b"], [0, 0, 0], [Images << 20, Images << 20, Images << 20]);
        var json = header.Write();
        var layout = new PackLayout(json.Length, Images, header.ImageBytes);
        byte[] zeros = new byte[header.ImageBytes], last = new byte[header.ImageBytes];
        (last[0], last[^1]) = (7, 9);
        byte[] start = [.. PackLayout.Preamble(json.Length), .. json];
        var (black, own) = (SHA256.HashData(zeros), SHA256.HashData(last));
        byte[] tail = [.. new byte[2 * Images], .. Enumerable.Range(0, Images - 1).SelectMany(_ => black), .. own];
        using var file = File.Create(Path.Combine(folder, "large.pack"));
        file.Write(start);
        file.Position = layout.LabelOffset - last.Length;
        file.Write(last);
        file.Write(tail);
        file.Write(SHA256.HashData([.. start, .. tail]));
        return layout;
    }
}
