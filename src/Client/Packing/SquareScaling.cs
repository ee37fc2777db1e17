namespace SmallBatch.Client.Packing;

/// <summary>
/// Scales the central square of an image with a triangle filter as wide as the scale, so that nothing is skipped when it gets
/// smaller. In whole numbers: the same pixels make the same bytes on every machine.
/// </summary>
internal static class SquareScaling
{
    private const int Channels = 3;
    private const int SourceChannels = 4;
    private const int Precision = 16;

    /// <summary>From red, green, blue, alpha side by side to planes of <paramref name="size"/> squared.</summary>
    public static byte[] Scale(ReadOnlySpan<byte> pixels, int width, int height, int size)
    {
        var side = Math.Min(width, height);
        var (top, left) = ((height - side) / 2, (width - side) / 2);
        var taps = Taps(side, size);
        var narrow = new byte[side * size * Channels];
        for (var y = 0; y < side; y++)
        {
            var row = pixels.Slice((((top + y) * width) + left) * SourceChannels, side * SourceChannels);
            for (var x = 0; x < size; x++)
            {
                var (first, weights) = taps[x];
                int red = 0, green = 0, blue = 0;
                for (var i = 0; i < weights.Length; i++)
                {
                    var at = (first + i) * SourceChannels;
                    red += weights[i] * row[at];
                    green += weights[i] * row[at + 1];
                    blue += weights[i] * row[at + 2];
                }

                var to = ((y * size) + x) * Channels;
                (narrow[to], narrow[to + 1], narrow[to + 2]) = (Rounded(red), Rounded(green), Rounded(blue));
            }
        }

        var scaled = new byte[Channels * size * size];
        var sums = new int[size * Channels];
        for (var y = 0; y < size; y++)
        {
            var (first, weights) = taps[y];
            Array.Clear(sums);
            for (var i = 0; i < weights.Length; i++)
            {
                var row = narrow.AsSpan((first + i) * size * Channels, size * Channels);
                for (var x = 0; x < row.Length; x++)
                {
                    sums[x] += weights[i] * row[x];
                }
            }

            for (var x = 0; x < size; x++)
            {
                for (var channel = 0; channel < Channels; channel++)
                {
                    scaled[(((channel * size) + y) * size) + x] = Rounded(sums[(x * Channels) + channel]);
                }
            }
        }

        return scaled;
    }

    /// <summary>For each pixel of the result the first pixel that it is made of, and the weights, whose sum is 2^16.</summary>
    private static (int First, int[] Weights)[] Taps(int side, int size)
    {
        var scale = side / (double)size;
        var reach = Math.Max(1, scale);
        return [.. Enumerable.Range(0, size).Select(i =>
        {
            var centre = ((i + 0.5) * scale) - 0.5;
            var first = Math.Max(0, (int)Math.Ceiling(centre - reach));
            var last = Math.Min(side - 1, (int)Math.Floor(centre + reach));
            var shares = Enumerable.Range(first, last - first + 1).Select(p => Math.Max(0, 1 - (Math.Abs(p - centre) / reach))).ToArray();
            var sum = shares.Sum();
            var weights = shares.Select(s => (int)Math.Round(s / sum * (1 << Precision))).ToArray();
            weights[Array.IndexOf(shares, shares.Max())] += (1 << Precision) - weights.Sum();
            return (first, weights);
        })];
    }

    private static byte Rounded(int sum) => (byte)((sum + (1 << (Precision - 1))) >> Precision);
}
