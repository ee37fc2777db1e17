using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SmallBatch.Training.Datasets;

/// <summary>
/// Scales a square of an image by bilinear filtering between pixel centres, and normalises it. Multiplications and
/// additions only, one after the other for each value, so that the bits do not depend on the vectors' width. For one thread.
/// </summary>
internal sealed class ScaledCrop(DatasetImages data)
{
    private readonly float[] means = [.. Enumerable.Range(0, data.Train.Channels).Select(c => (float)data.Sums.Mean(c))];
    private readonly float[] scales = [.. Enumerable.Range(0, data.Train.Channels).Select(c => (float)(1 / data.Sums.Deviation(c)))];
    private float[][] rows = [];
    private int[] columns = [];
    private float[] weights = [];

    /// <summary>Writes the crop to <paramref name="target"/>, pixels <paramref name="stride"/> values apart, channels side by side.</summary>
    public void Put(Span<float> target, int stride, ImageSet images, ReadOnlySpan<byte> pixels, ImageCrop crop)
    {
        Plan(images, crop);
        var plane = images.StoredHeight * images.StoredWidth;
        var step = crop.Side / (double)images.Height;
        for (var y = 0; y < images.Height; y++)
        {
            var (upper, weight) = Between(y, step, crop.Side);
            for (var channel = 0; channel < images.Channels; channel++)
            {
                var first = (channel * plane) + ((crop.Top + upper) * images.StoredWidth) + crop.Left;
                var second = upper + 1 < crop.Side ? first + images.StoredWidth : first;
                Blend(rows[channel], pixels.Slice(first, crop.Side), pixels.Slice(second, crop.Side), weight);
            }

            Spread(target[(y * images.Width * stride)..], stride, images.Width);
        }
    }

    /// <summary>Where a pixel's centre falls among <paramref name="side"/> pixels: the one before it, and the share of the one after.</summary>
    private static (int Before, float After) Between(int pixel, double step, int side)
    {
        var at = Math.Clamp(((pixel + 0.5) * step) - 0.5, 0, side - 1);
        return ((int)at, (float)(at - (int)at));
    }

    private void Plan(ImageSet images, ImageCrop crop)
    {
        if (columns.Length != images.Width)
        {
            (columns, weights) = (new int[images.Width], new float[images.Width]);
        }

        if (rows.Length == 0 || rows[0].Length < crop.Side + 1)
        {
            rows = [.. Enumerable.Range(0, images.Channels).Select(_ => new float[images.StoredWidth + 1])];
        }

        for (var x = 0; x < images.Width; x++)
        {
            (columns[x], weights[x]) = Between(crop.Mirror ? images.Width - 1 - x : x, crop.Side / (double)images.Width, crop.Side);
        }
    }

    /// <summary>One row between two stored ones; its last value stands twice, as neighbour of itself.</summary>
    private static void Blend(float[] row, ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, float weight)
    {
        var x = 0;
        var share = new Vector<float>(weight);
        for (; x <= upper.Length - Vector<byte>.Count; x += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(upper[x..]), out var upperLow, out var upperHigh);
            Vector.Widen(new Vector<byte>(lower[x..]), out var lowerLow, out var lowerHigh);
            Four(row.AsSpan(x), upperLow, lowerLow, share);
            Four(row.AsSpan(x + Vector<ushort>.Count), upperHigh, lowerHigh, share);
        }

        for (; x < upper.Length; x++)
        {
            row[x] = upper[x] + (weight * (lower[x] - (float)upper[x]));
        }

        row[upper.Length] = row[upper.Length - 1];
    }

    private static void Four(Span<float> to, Vector<ushort> upper, Vector<ushort> lower, Vector<float> share)
    {
        Vector.Widen(upper, out var upperLow, out var upperHigh);
        Vector.Widen(lower, out var lowerLow, out var lowerHigh);
        var (a, b) = (Vector.ConvertToSingle(Vector.AsVectorInt32(upperLow)), Vector.ConvertToSingle(Vector.AsVectorInt32(lowerLow)));
        (a + (share * (b - a))).CopyTo(to);
        (a, b) = (Vector.ConvertToSingle(Vector.AsVectorInt32(upperHigh)), Vector.ConvertToSingle(Vector.AsVectorInt32(lowerHigh)));
        (a + (share * (b - a))).CopyTo(to[Vector<float>.Count..]);
    }

    private void Spread(Span<float> target, int stride, int width)
    {
        _ = target[((width - 1) * stride) + rows.Length - 1];
        for (var channel = 0; channel < rows.Length; channel++)
        {
            var (mean, scale) = (means[channel], scales[channel]);
            ref var to = ref Unsafe.Add(ref MemoryMarshal.GetReference(target), channel);
            ref var from = ref MemoryMarshal.GetArrayDataReference(rows[channel]);
            for (var x = 0; x < width; x++)
            {
                ref var before = ref Unsafe.Add(ref from, columns[x]);
                var value = before + (weights[x] * (Unsafe.Add(ref before, 1) - before));
                Unsafe.Add(ref to, x * stride) = (value - mean) * scale;
            }
        }
    }
}
