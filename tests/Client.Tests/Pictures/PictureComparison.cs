using SkiaSharp;

namespace SmallBatch.Client.Tests.Pictures;

/// <summary>Compares pictures as an eye at some distance would.</summary>
internal static class PictureComparison
{
    /// <summary>Pixels a side of a square that is averaged to one.</summary>
    private const int Square = 20;

    /// <summary>The picture with a pixel, as PNG, for each square of it.</summary>
    public static byte[] Shrunk(byte[] png)
    {
        using var image = SKBitmap.Decode(png);
        var (width, height) = (image.Width / Square, image.Height / Square);
        using var small = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (var x = 0; x < width; x++)
        {
            for (var y = 0; y < height; y++)
            {
                small.SetPixel(x, y, Average(image, x * Square, y * Square));
            }
        }

        using var data = small.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>The largest difference of any pixel's channel, 0 to 255; 255 where the sizes differ.</summary>
    public static double LargestDistance(byte[] one, byte[] other)
    {
        using var a = SKBitmap.Decode(one);
        using var b = SKBitmap.Decode(other);
        return a.Width != b.Width || a.Height != b.Height
            ? 255
            : a.Pixels.Zip(b.Pixels).Max(p => Math.Max(Math.Abs(p.First.Red - p.Second.Red), Math.Max(Math.Abs(p.First.Green - p.Second.Green), Math.Abs(p.First.Blue - p.Second.Blue))));
    }

    private static SKColor Average(SKBitmap image, int left, int top)
    {
        var (red, green, blue) = (0, 0, 0);
        for (var i = 0; i < Square * Square; i++)
        {
            var pixel = image.GetPixel(left + (i % Square), top + (i / Square));
            (red, green, blue) = (red + pixel.Red, green + pixel.Green, blue + pixel.Blue);
        }

        const int count = Square * Square;
        return new((byte)(red / count), (byte)(green / count), (byte)(blue / count));
    }
}
