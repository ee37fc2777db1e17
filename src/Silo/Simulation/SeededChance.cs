using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SmallBatch.Silo.Simulation;

/// <summary>Chance that is the same for the same words, on every machine (SplitMix64, seeded by a digest).</summary>
internal sealed class SeededChance(params string[] words)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong state = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', words))));

    /// <summary>The next number in [0, 1).</summary>
    public double Next()
    {
        state += Golden;
        var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return ((mixed ^ (mixed >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
