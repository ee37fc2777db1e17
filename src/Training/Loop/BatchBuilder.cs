using SmallBatch.Training.Datasets;

namespace SmallBatch.Training.Loop;

/// <summary>Fills batches [b, h, w, K·channels] from raw bytes: normalised, and cropped and mirrored where asked for.</summary>
internal sealed class BatchBuilder(DatasetImages data)
{
    /// <summary>Zero padding of the crop, pixels (Lin 2013, He et al. 2015).</summary>
    public const int Padding = 4;

    /// <summary>Writes one image into a batch, at its place and group. Outside the image a crop sees zeros, the normalised mean.</summary>
    public void Put(Span<float> batch, int place, int group, int groups, ImageSet images, int index, (int Top, int Left, bool Mirror)? crop)
    {
        var (channels, height, width) = (images.Channels, images.Height, images.Width);
        var pixels = images.Image(index);
        var (top, left, mirror) = crop is { } c ? (c.Top - Padding, c.Left - Padding, c.Mirror) : (0, 0, false);
        var stride = groups * channels;
        for (var channel = 0; channel < channels; channel++)
        {
            var table = data.Normalised[channel];
            var plane = pixels.Slice(channel * height * width, height * width);
            var at = (((place * height * width) * groups) + group) * channels + channel;
            for (var y = 0; y < height; y++)
            {
                var row = y + top;
                for (var x = 0; x < width; x++, at += stride)
                {
                    var column = (mirror ? width - 1 - x : x) + left;
                    batch[at] = (uint)row < (uint)height && (uint)column < (uint)width ? table[plane[(row * width) + column]] : 0;
                }
            }
        }
    }
}
