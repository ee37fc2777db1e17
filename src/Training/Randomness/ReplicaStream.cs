using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SmallBatch.Training.Datasets;

namespace SmallBatch.Training.Randomness;

/// <summary>
/// All chance of one replica. Its key is a hash of (seed, stage, replica), whatever the cell: cells with equal replica share
/// initialisation, order and crops, and can be compared in pairs. Each use has its own counter space, so nothing is replayed.
/// </summary>
internal sealed class ReplicaStream
{
    private const uint Initialisation = 1;
    private const uint Order = 2;
    private const uint Augmentation = 3;
    private const uint Measurement = 4;
    private readonly Philox philox;

    /// <summary>The stream of one replica.</summary>
    public ReplicaStream(long seed, string stage, int replica)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{seed}|{stage}|{replica}");
        philox = new(BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }

    /// <summary>Fills <paramref name="values"/> with normal numbers of mean 0 for the parameter of this index (Box–Muller).</summary>
    public void Normal(int parameter, double standardDeviation, Span<float> values)
    {
        for (var i = 0; i < values.Length; i += 2)
        {
            var (x0, x1, x2, x3) = philox.Block((uint)(i / 2), 0, (uint)parameter, Initialisation);
            var radius = standardDeviation * Math.Sqrt(-2 * Math.Log(Open(x0, x1)));
            var (sin, cos) = Math.SinCos(2 * Math.PI * Open(x2, x3));
            values[i] = (float)(radius * cos);
            if (i + 1 < values.Length)
            {
                values[i + 1] = (float)(radius * sin);
            }
        }
    }

    /// <summary>The order of an epoch (from 0): a permutation of 0 to <paramref name="count"/> − 1 (Fisher–Yates).</summary>
    public int[] Permutation(int epoch, int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
        }

        for (var i = count - 1; i > 0; i--)
        {
            var (x0, x1, _, _) = philox.Block((uint)i, 0, (uint)epoch, Order);
            var j = (int)Below(x0, x1, (uint)i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    /// <summary>Crop offsets of 0 to 2·<paramref name="padding"/> and whether to mirror, of an image in an epoch (from 0).</summary>
    public (int Top, int Left, bool Mirror) Crop(int epoch, int image, int padding)
    {
        var (x0, x1, x2, _) = philox.Block((uint)image, 0, (uint)epoch, Augmentation);
        var range = (uint)(2 * padding) + 1;
        return ((int)Below(x0, 0, range), (int)Below(x1, 0, range), (x2 & 1) == 1);
    }

    /// <summary>
    /// So many different images of <paramref name="images"/>, drawn for a measurement after <paramref name="step"/> updates:
    /// one sample for each <paramref name="index"/> and size (Floyd's algorithm).
    /// </summary>
    public int[] Sample(long step, int index, int count, int images)
    {
        var drawn = new HashSet<int>(count);
        var sample = new int[count];
        for (var (i, last) = (0, images - count); i < count; i++, last++)
        {
            var counter = ((ulong)count << 40) | ((ulong)index << 20) | (uint)i;
            var (x0, x1, _, _) = philox.Block((uint)counter, (uint)(counter >> 32), (uint)step, Measurement);
            var candidate = (int)Below(x0, x1, (uint)last + 1);
            sample[i] = drawn.Add(candidate) ? candidate : last;
            drawn.Add(sample[i]);
        }

        return sample;
    }

    /// <summary>A square of a random side from <paramref name="least"/> to <paramref name="stored"/> within a stored square, and whether to mirror, of an image in an epoch (from 0).</summary>
    public ImageCrop ScaledCrop(int epoch, int image, int least, int stored)
    {
        var (x0, x1, x2, x3) = philox.Block((uint)image, 0, (uint)epoch, Augmentation);
        var side = least + (int)Below(x0, 0, (uint)(stored - least) + 1);
        var range = (uint)(stored - side) + 1;
        return new((int)Below(x1, 0, range), (int)Below(x2, 0, range), side, (x3 & 1) == 1);
    }

    /// <summary>A number in (0, 1) of 53 bits.</summary>
    private static double Open(uint high, uint low) => (((((ulong)high << 32) | low) >> 11) + 0.5) * (1.0 / (1UL << 53));

    /// <summary>A whole number below <paramref name="limit"/>; of 64 bits, its bias is below 2^-32.</summary>
    private static ulong Below(uint high, uint low, uint limit) =>
        (ulong)(((UInt128)(((ulong)high << 32) | low) * limit) >> 64);
}
