using SmallBatch.Training.Randomness;

namespace SmallBatch.Training.Tests;

public sealed class RandomnessTests
{
    [Fact]
    public void Philox_gives_the_published_numbers()
    {
        // Known answers of Random123, philox4x32 with 10 rounds.
        Assert.Equal((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), new Philox(0).Block(0, 0, 0, 0));
        Assert.Equal((0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu), new Philox(ulong.MaxValue).Block(uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue));
        Assert.Equal((0xd16cfe09u, 0x94fdcceBu, 0x5001e420u, 0x24126ea1u), new Philox(0x299f31d0a4093822).Block(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344));
    }

    [Fact]
    public void An_order_is_a_permutation_and_each_epoch_has_its_own()
    {
        var stream = new ReplicaStream(1, "grid", 0);
        Assert.Equal(Enumerable.Range(0, 1000), stream.Permutation(0, 1000).Order());
        Assert.NotEqual(stream.Permutation(0, 1000), stream.Permutation(1, 1000));
        Assert.Equal(stream.Permutation(5, 1000), new ReplicaStream(1, "grid", 0).Permutation(5, 1000));
    }

    [Fact]
    public void Normal_numbers_have_the_moments_asked_for()
    {
        var values = new float[100_001];
        new ReplicaStream(1, "grid", 0).Normal(3, 2, values);
        var mean = values.Average(v => (double)v);
        Assert.InRange(mean, -0.03, 0.03);
        Assert.InRange(values.Average(v => (v - mean) * (v - mean)), 3.9, 4.1);
    }
}
