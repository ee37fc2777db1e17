using SmallBatch.Grains.Results;

namespace SmallBatch.Grains.Tests;

public sealed class SlotScheduleTests
{
    /// <summary>k = 2, σ² = 0.8: a training of 50 predicted seconds takes 100 s, with the variance 40 s²; Σp is so large that k is known.</summary>
    private static readonly DurationFit Fit = new(2, 0.8, 1e12);

    [Fact]
    public void The_last_of_equal_trainings_ends_later_than_each_is_foretold()
    {
        var (seconds, deviation) = new SlotSchedule(2, [100, 100]).LastFree(Fit, unplanned: 0);
        Assert.Equal(100 + Math.Sqrt(40 / Math.PI), seconds, 1e-6);
        Assert.Equal(Math.Sqrt(40 * (1 - (1 / Math.PI))), deviation!.Value, 1e-6);
    }

    [Fact]
    public void What_comes_before_the_last_of_each_slot_counts_by_the_slot()
    {
        var schedule = new SlotSchedule(2, [100, 100]);
        Assert.Equal((200.0, 200.0), (schedule.Take(100), schedule.Take(100)));
        var (seconds, deviation) = schedule.LastFree(Fit, unplanned: 100);
        Assert.Equal(200 + Math.Sqrt(40 / Math.PI) + 50, seconds, 1e-6);
        Assert.Equal(Math.Sqrt((0.8 * 150 / 4) + (40 * (1 - (1 / Math.PI)))), deviation!.Value, 1e-6);
    }

    [Fact]
    public void A_slot_that_more_trainings_hold_than_there_are_slots_is_waited_for_by_nobody()
    {
        var schedule = new SlotSchedule(1, [10, 300]);
        Assert.Equal(30, schedule.Take(20));
        Assert.Equal((300d, null), schedule.LastFree(DurationFit.Of([]), unplanned: 0));
    }
}
