namespace SmallBatch.Statistics.Tests;

public sealed class TestImagesTests
{
    [Fact]
    public void A_difference_over_the_same_images_is_that_of_the_published_example()
    {
        // Agresti, Categorical Data Analysis, table 10.1: approval by the same 1,600 people twice; 794 both, 150 only the first
        // time, 86 only the second, 570 never. Difference −0.04 with standard error 0.0095, interval −0.06 to −0.02.
        var first = Answers((794, true), (150, true), (86, false), (570, false));
        var second = Answers((794, true), (150, false), (86, true), (570, false));
        var interval = TestImages.Difference(second, first, 0.95);
        Assert.Equal(-0.04, (interval.Low + interval.High) / 2, 12);
        Assert.Equal(0.0095, (interval.High - interval.Low) / 2 / 1.959964, 0.0001);
    }

    [Fact]
    public void One_networks_half_width_is_that_of_a_binomial_share()
    {
        // 944 of 1,600: 1.959964 · √(0.59 · 0.41 / 1599).
        Assert.Equal(1.959964 * Math.Sqrt(0.59 * 0.41 / 1599), TestImages.HalfWidth(Answers((944, true), (656, false)), 0.95), 7);
    }

    [Fact]
    public void A_share_is_that_of_the_replicas_and_the_first_image_is_the_lowest_bit()
    {
        Assert.Equal([1, 0.5, 0, 0, 0, 0, 0, 0.5, 0, 1], TestImages.Shares([[0b1000_0011, 0b10], [0b0000_0001, 0b10]], 10));
    }

    private static double[] Answers(params (int Count, bool Right)[] groups) =>
        TestImages.Shares([Pack([.. groups.SelectMany(g => Enumerable.Repeat(g.Right, g.Count))])], groups.Sum(g => g.Count));

    private static byte[] Pack(bool[] right)
    {
        var bits = new byte[(right.Length + 7) / 8];
        for (var i = 0; i < right.Length; i++)
        {
            bits[i / 8] |= (byte)((right[i] ? 1 : 0) << (i % 8));
        }

        return bits;
    }
}
