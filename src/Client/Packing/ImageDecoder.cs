using System.Globalization;
using SkiaSharp;

namespace SmallBatch.Client.Packing;

/// <summary>
/// From an encoded file to a square of bytes, channels first: the central square of the image, scaled, so that the shorter
/// side has the wanted size. Colours are taken as they are stored, transparency is left out, orientation marks are not obeyed.
/// </summary>
internal static class ImageDecoder
{
    private const long MostPixels = 1L << 27;

    /// <summary>Decodes and scales. Throws <see cref="UnusableFileException"/> where the bytes are no whole image.</summary>
    public static byte[] Decode(byte[] encoded, int size)
    {
        using var data = SKData.CreateCopy(encoded);
        using var codec = SKCodec.Create(data);
        if (codec is null)
        {
            throw new UnusableFileException($"{encoded.Length} bytes that are no image", "a JPEG, PNG, WebP, BMP or GIF file");
        }

        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        if ((long)info.Width * info.Height > MostPixels)
        {
            throw new UnusableFileException(string.Create(CultureInfo.InvariantCulture, $"{info.Width} × {info.Height} pixels"), $"at most {MostPixels} pixels");
        }

        var pixels = new byte[info.BytesSize];
        SKCodecResult result;
        unsafe
        {
            fixed (byte* to = pixels)
            {
                result = codec.GetPixels(info, (nint)to);
            }
        }

        return result == SKCodecResult.Success
            ? SquareScaling.Scale(pixels, info.Width, info.Height, size)
            : throw new UnusableFileException($"a damaged image ({result})", "a whole one");
    }
}
