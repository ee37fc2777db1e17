using CsCheck;
using SmallBatch.Training.Datasets;
using SmallBatch.Training.Loop;
using SmallBatch.Training.Randomness;

namespace SmallBatch.Training.Tests;

public sealed class BatchBuilderTests
{
    [Fact]
    public void A_shifted_crop_has_the_bits_of_a_plain_reading_pixel_by_pixel()
    {
        var gen = Gen.Select(Gen.Int[1, 4], Gen.Int[5, 12], Gen.Int[5, 12], Gen.Int[1, 4], Gen.Int[-6, 6], Gen.Int[-6, 6], Gen.Bool);
        gen.Sample((channels, height, width, groups, top, left, mirror) =>
        {
            var images = Images(2, channels, height, width);
            var data = new DatasetImages(images, images, 10);
            var crop = new ImageCrop(top, left, height, mirror);
            var (batch, wanted) = (Noise(3 * groups * images.ImageBytes), Noise(3 * groups * images.ImageBytes));
            new BatchBuilder(data).Put(batch, 1, groups - 1, groups, images, 1, crop);
            PutPlainly(wanted, 1, groups - 1, groups, data, 1, crop);
            return batch.AsSpan().SequenceEqual(wanted);
        });
    }

    [Fact]
    public void A_scaled_crop_interpolates_between_pixel_centres_and_mirrors()
    {
        var images = Images(1, 3, 40, 40) with { Height = 24, Width = 24 };
        var data = new DatasetImages(images, images, 10);
        var builder = new BatchBuilder(data);
        foreach (var crop in new ImageCrop[] { new(3, 5, 33, false), new(0, 0, 40, true), new(9, 2, 30, true), new(1, 2, 12, false) })
        {
            var batch = Noise(2 * images.ImageBytes);
            builder.Put(batch, 0, 1, 2, images, 0, crop);
            for (var c = 0; c < 3; c++)
            {
                for (var y = 0; y < 24; y++)
                {
                    for (var x = 0; x < 24; x++)
                    {
                        var value = Bilinear(images.Image(0).Slice(c * 1600, 1600), crop, y, crop.Mirror ? 23 - x : x, 24);
                        Assert.Equal((value - data.Sums.Mean(c)) / data.Sums.Deviation(c), batch[(((y * 24) + x) * 6) + 3 + c], 4);
                    }
                }
            }
        }
    }

    [Fact]
    public void Random_parts_lie_within_the_image_take_every_side_and_depend_on_nothing_but_key_epoch_and_image()
    {
        var images = Images(1, 3, 20, 20) with { Height = 16, Width = 16 };
        var stream = new ReplicaStream(1, "grid", 0);
        var crops = Enumerable.Range(0, 500).Select(i => ImageCrop.Random(stream, 3, i, images)).ToList();
        Assert.All(crops, c => Assert.True(c.Top >= 0 && c.Left >= 0 && c.Top + c.Side <= 20 && c.Left + c.Side <= 20));
        Assert.Equal([16, 17, 18, 19, 20], crops.Select(c => c.Side).Distinct().Order());
        Assert.InRange(crops.Count(c => c.Mirror), 200, 300);
        Assert.Equal(crops[7], ImageCrop.Random(new(1, "grid", 0), 3, 7, images));
        Assert.NotEqual(crops, Enumerable.Range(0, 500).Select(i => ImageCrop.Random(stream, 4, i, images)));
    }

    [Theory]
    [InlineData(256, 224, 16, 224)]
    [InlineData(480, 224, 30, 420)]
    [InlineData(72, 64, 4, 64)]
    [InlineData(32, 32, 0, 32)]
    public void The_centre_is_224_of_256_and_never_smaller_than_what_the_network_sees(int stored, int seen, int top, int side)
    {
        var images = new ImageSet(1, 3, seen, seen, new byte[3 * stored * stored], [0]) { StoredHeight = stored, StoredWidth = stored };
        Assert.Equal(new(top, top, side, false), ImageCrop.Centre(images));
    }

    private static float[] Noise(int length) => [.. Enumerable.Range(0, length).Select(i => i + 0.5f)];

    private static ImageSet Images(int count, int channels, int height, int width) => new(
        count, channels, height, width, Enumerable.Range(0, count * channels * height * width).Select(i => (byte)(i * 2654435761L >> 9)).ToArray(), new ushort[count])
    {
        StoredHeight = height,
        StoredWidth = width,
    };

    private static double Bilinear(ReadOnlySpan<byte> plane, ImageCrop crop, int y, int x, int size)
    {
        var side = (int)Math.Sqrt(plane.Length);
        var (v, u) = (At(y), At(x));
        var (row, column) = ((int)v, (int)u);
        var (below, right) = (Math.Min(row + 1, crop.Side - 1), Math.Min(column + 1, crop.Side - 1));
        var upper = Pixel(plane, row, column) + ((u - column) * (Pixel(plane, row, right) - Pixel(plane, row, column)));
        var lower = Pixel(plane, below, column) + ((u - column) * (Pixel(plane, below, right) - Pixel(plane, below, column)));
        return upper + ((v - row) * (lower - upper));

        double At(int pixel) => Math.Clamp(((pixel + 0.5) * crop.Side / size) - 0.5, 0, crop.Side - 1);
        double Pixel(ReadOnlySpan<byte> from, int r, int c) => from[((crop.Top + r) * side) + crop.Left + c];
    }

    private static void PutPlainly(float[] batch, int place, int group, int groups, DatasetImages data, int index, ImageCrop crop)
    {
        var images = data.Train;
        var (channels, height, width) = (images.Channels, images.Height, images.Width);
        for (var channel = 0; channel < channels; channel++)
        {
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    var (row, column) = (y + crop.Top, (crop.Mirror ? width - 1 - x : x) + crop.Left);
                    var inside = row >= 0 && row < height && column >= 0 && column < width;
                    var at = (((((place * height) + y) * width) + x) * groups * channels) + (group * channels) + channel;
                    batch[at] = inside ? data.Normalised[channel][images.Image(index)[(((channel * height) + row) * width) + column]] : 0;
                }
            }
        }
    }
}
