using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Grains.Tests;

/// <summary>For whom a device is kept free, and how waiting raises a priority.</summary>
public sealed class ReservationPolicyTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Of_each_class_the_one_that_has_waited_longest_for_a_device_of_its_own_gets_one_kept_free_once_it_has_waited_long()
    {
        WaitingRequest[] waiting = [Wait("plain", 0, "c", alone: false), Wait("second", 2, "c"), Wait("first", 1, "c"), Wait("other", 3, "d"), Wait("soon", 9, "e")];
        Assert.Equal(["first", "other"], ReservationPolicy.Choose(waiting, 9 * Minute, 2 * Minute).Select(w => w.Request.ConfigurationKey));
        Assert.Empty(ReservationPolicy.Choose(waiting, 2 * Minute, 2 * Minute));
    }

    [Theory]
    [InlineData(0, 0, 59, 0)]
    [InlineData(0, 0, 60, 1)]
    [InlineData(0, 30, 150, 2)]
    [InlineData(1, 0, 600, 0)]
    [InlineData(0, 60, 0, 0)]
    public void Steps_are_whole_and_only_for_those_that_hold_nothing(int held, int since, int now, int steps) =>
        Assert.Equal(steps, AgingPolicy.Steps(held, TimeSpan.FromMinutes(since), TimeSpan.FromMinutes(now), TimeSpan.FromHours(1)));

    private static WaitingRequest Wait(string key, int since, string numericsClass, bool alone = true) =>
        new(new(key, "s", 1, numericsClass, 0, 0, null, 1, alone ? ["h", "h"] : []), since + 1, since * Minute);
}
