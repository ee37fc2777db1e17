using SmallBatch.Training.Datasets;

namespace SmallBatch.Training.Loop;

/// <summary>Fills batches [b, h, w, K·channels] from raw bytes: normalised, and cropped, scaled and mirrored where asked for. For one thread.</summary>
internal sealed unsafe class BatchBuilder(DatasetImages data)
{
    private readonly float[] table = [.. data.Normalised.SelectMany(t => t)];
    private readonly ScaledCrop scaled = new(data);

    /// <summary>
    /// Writes one image into a batch, at its place and group; null for its centre. Outside the image a crop sees zeros, the
    /// normalised mean. Throws <see cref="InvalidDataException"/> where a pack's image does not fit its checksum.
    /// </summary>
    public void Put(Span<float> batch, int place, int group, int groups, ImageSet images, int index, ImageCrop? crop)
    {
        var (channels, size) = (images.Channels, images.Height * images.Width);
        var stride = groups * channels;
        var target = batch.Slice((place * size * stride) + (group * channels), ((size - 1) * stride) + channels);
        var part = crop ?? ImageCrop.Centre(images);
        if (part.Side == images.Height)
        {
            Shift(target, stride, images, images.Image(index), part);
        }
        else
        {
            scaled.Put(target, stride, images, images.Image(index), part);
        }

        // The bytes may lie in a mapping, which must outlive their use.
        GC.KeepAlive(images);
    }

    /// <summary>Pixel by pixel: each row is zeros, what of the image falls into it, and zeros.</summary>
    private void Shift(Span<float> target, int stride, ImageSet images, ReadOnlySpan<byte> pixels, ImageCrop crop)
    {
        var plane = images.StoredHeight * images.StoredWidth;
        // Columns x, counted as stored, with 0 ≤ x + Left < the stored width.
        var (from, to) = (Math.Clamp(-crop.Left, 0, images.Width), Math.Clamp(images.StoredWidth - crop.Left, 0, images.Width));
        var (before, step) = crop.Mirror ? (images.Width - to, -1) : (from, 1);
        fixed (float* first = target, values = table)
        fixed (byte* image = pixels)
        {
            for (var y = 0; y < images.Height; y++)
            {
                var row = first + ((long)y * images.Width * stride);
                var stored = y + crop.Top;
                var inside = (uint)stored < (uint)images.StoredHeight ? to - from : 0;
                var left = inside == 0 ? images.Width : before;
                Zero(row, stride, left, images.Channels);
                if (inside > 0)
                {
                    var source = image + (stored * images.StoredWidth) + crop.Left + (crop.Mirror ? to - 1 : from);
                    Look(row + ((long)left * stride), stride, source, step, plane, inside, images.Channels, values);
                    Zero(row + ((long)(left + inside) * stride), stride, images.Width - left - inside, images.Channels);
                }
            }
        }
    }

    private static void Look(float* to, nint stride, byte* from, nint step, nint plane, int count, int channels, float* values)
    {
        if (channels == 3)
        {
            for (; count > 0; count--, to += stride, from += step)
            {
                to[0] = values[from[0]];
                to[1] = values[256 + from[plane]];
                to[2] = values[512 + from[2 * plane]];
            }

            return;
        }

        for (; count > 0; count--, to += stride, from += step)
        {
            for (nint channel = 0; channel < channels; channel++)
            {
                to[channel] = values[(256 * channel) + from[channel * plane]];
            }
        }
    }

    private static void Zero(float* to, nint stride, int count, int channels)
    {
        for (; count > 0; count--, to += stride)
        {
            new Span<float>(to, channels).Clear();
        }
    }
}
