using SmallBatch.Specs.Datasets;
using SmallBatch.Training.Randomness;

namespace SmallBatch.Training.Datasets;

/// <summary>
/// Images made from their index alone. A class is a smooth coloured pattern of a few waves; an image shows it shifted,
/// perhaps mirrored, in its own contrast, mixed with a pattern of no class and covered with noise, so that a network must
/// learn shapes and not pixels, and batch size and learning rate matter.
/// </summary>
internal static class SyntheticImages
{
    private const int Waves = 4;
    private const int LargestShift = 6;
    private const double Distractor = 0.7;
    private const double Noise = 0.8;
    private const double Contrast = 38;

    /// <summary>Makes both splits.</summary>
    public static DatasetImages Make(DatasetIdentity identity)
    {
        var patterns = Enumerable.Range(0, identity.Classes).Select(c => Pattern.Of("class", c)).ToArray();
        return new(Split(identity, identity.TrainImages, "train", patterns), Split(identity, identity.TestImages, "test", patterns), identity.Classes);
    }

    private static ImageSet Split(DatasetIdentity identity, int count, string split, Pattern[] patterns)
    {
        var pixels = new byte[count * identity.Channels * identity.Height * identity.Width];
        var labels = new ushort[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = (ushort)(i % identity.Classes);
            var image = pixels.AsSpan(i * identity.Channels * identity.Height * identity.Width, identity.Channels * identity.Height * identity.Width);
            Draw(identity, patterns[labels[i]], new ReplicaStream(SyntheticDataset.GeneratorVersion, $"synthetic {split}", i), image);
        }

        return new(count, identity.Channels, identity.Height, identity.Width, pixels, labels);
    }

    private static void Draw(DatasetIdentity identity, Pattern pattern, ReplicaStream chance, Span<byte> image)
    {
        var noise = new float[image.Length];
        chance.Normal(0, Noise, noise);
        Span<float> own = stackalloc float[2];
        chance.Normal(1, 1, own);
        var contrast = Math.Exp(0.25 * own[0]);
        var (top, left, mirror) = chance.Crop(0, 0, LargestShift);
        var distractor = Pattern.Of(chance);
        for (var channel = 0; channel < identity.Channels; channel++)
        {
            for (var y = 0; y < identity.Height; y++)
            {
                for (var x = 0; x < identity.Width; x++)
                {
                    var at = (((channel * identity.Height) + y) * identity.Width) + x;
                    var column = mirror ? identity.Width - 1 - x : x;
                    var value = (contrast * pattern.At(channel, y + top, column + left)) + (Distractor * distractor.At(channel, y, x)) + noise[at];
                    image[at] = (byte)Math.Clamp(Math.Round(128 + (Contrast * value)), 0, 255);
                }
            }
        }
    }

    /// <summary>A sum of plane waves, each with its own direction, length and colour.</summary>
    private sealed class Pattern
    {
        private const int Numbers = 6;
        private readonly float[] draws = new float[Waves * Numbers];

        public static Pattern Of(string what, int index) => Of(new ReplicaStream(SyntheticDataset.GeneratorVersion, what, index));

        public static Pattern Of(ReplicaStream chance)
        {
            var pattern = new Pattern();
            chance.Normal(2, 1, pattern.draws);
            return pattern;
        }

        public double At(int channel, int y, int x)
        {
            var value = 0.0;
            for (var wave = 0; wave < Waves; wave++)
            {
                var d = draws.AsSpan(wave * Numbers, Numbers);
                var colour = channel switch { 0 => d[3], 1 => d[4], _ => d[5] };
                value += colour * Math.Sin((0.30 * ((d[0] * x) + (d[1] * y))) + (Math.PI * d[2]));
            }

            return value / Math.Sqrt(Waves);
        }
    }
}
