using SmallBatch.Silo.Health;

namespace SmallBatch.Silo.Tests.Health;

public sealed class ClockOffsetTests
{
    private static readonly DateTimeOffset Store = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    [InlineData(-60)]
    public void A_clock_within_a_minute_of_the_store_s_is_fit(double seconds) =>
        Assert.Null(ClockOffset.Judge(Store, Store + TimeSpan.FromSeconds(seconds), TimeSpan.Zero));

    [Theory]
    [InlineData(3600, "this machine's clock is 3600 s ahead of the store's, wanted 60 s at most; set it right (NTP)")]
    [InlineData(-3600, "this machine's clock is 3600 s behind the store's, wanted 60 s at most; set it right (NTP)")]
    [InlineData(62, "this machine's clock is 62 s ahead of the store's, wanted 60 s at most; set it right (NTP)")]
    [InlineData(-62, "this machine's clock is 62 s behind the store's, wanted 60 s at most; set it right (NTP)")]
    public void One_farther_off_says_how_far_and_what_to_do(double seconds, string complaint) =>
        Assert.Equal(complaint, ClockOffset.Judge(Store, Store + TimeSpan.FromSeconds(seconds + 0.5), TimeSpan.Zero));

    [Fact]
    public void A_slow_answer_is_not_held_against_the_clock()
    {
        var received = Store + TimeSpan.FromSeconds(64);
        Assert.NotNull(ClockOffset.Judge(Store, received, TimeSpan.Zero));
        Assert.Null(ClockOffset.Judge(Store, received, TimeSpan.FromSeconds(5)));
    }
}
