using CsCheck;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Grains.Tests;

/// <summary>What sharing promises, over whole days of the pool's book.</summary>
public sealed class PoolDayTests
{
    private static readonly string[] Teams = ["a", "b", "c"];

    [Fact]
    public void On_any_day_no_slot_is_held_twice_none_is_free_while_one_that_fits_waits_limits_and_quotas_hold_and_everything_ends()
    {
        var gave = 0;
        Gen.Int[0, 1_000_000].Sample(
            seed =>
            {
                var (day, again) = (Random(seed), Random(seed));
                day.Run(most: 5000);
                Assert.True(day.Broken is null, $"seed {seed}: {day.Broken}");
                Interlocked.Add(ref gave, day.GaveWay);
                again.Run(most: 5000);
                Assert.Equal(day.Granted, again.Granted);
            },
            iter: 300);

        // Days are drawn anew each time: 300 of them have some 300 such trainings, more or less.
        Assert.True(gave > 30, $"{gave} trainings gave way: too few to prove anything");
    }

    [Fact]
    public void A_sweep_is_served_though_sweeps_of_higher_priority_never_end()
    {
        var options = new GpuPoolOptions { AgeAfter = TimeSpan.FromSeconds(50) };
        var stream = Enumerable.Range(0, 400).Select(i => new DayJob($"high-{i}", $"h{i % 7}", "default", "x", 4, 1, i * 2, 4, false));
        var day = new PoolDay([.. stream, new("low", "low", "default", "x", 0, 1, 0, 4, false)], [("h", Device("x", 0, 1))], options);
        day.Run(most: 5000);
        Assert.Null(day.Broken);

        // Four steps higher, those that hold nothing themselves gain too, which arrive later.
        Assert.InRange(day.Granted.Single(g => g.Key == "low").At, 200, 1400);
        Assert.True(day.Granted.Count(g => g.At > day.Granted.Single(l => l.Key == "low").At) > 50);
    }

    private static PoolDay Random(int seed)
    {
        var random = new Random(seed);

        // A tick of a minute: between ticks a slot is given only where something that changed says that one is to be given.
        var options = new GpuPoolOptions { AgeAfter = TimeSpan.FromSeconds(20), ReserveAfter = TimeSpan.FromSeconds(10), TickPeriod = TimeSpan.FromSeconds(random.Next(2) == 0 ? 1 : 60) };
        foreach (var team in Teams.Take(random.Next(0, 4)))
        {
            var quota = random.Next(0, 3);
            options.Teams[team] = new() { Quota = quota, Weight = random.Next(1, 4), Limit = random.Next(3) == 0 ? quota + random.Next(1, 3) : null };
        }

        var devices = Enumerable.Range(0, random.Next(2, 6)).Select(i => ($"host{i % 2}", Device(i % 3 == 2 ? "y" : "x", i, random.Next(1, 3)))).ToList();
        var classes = devices.Select(d => d.Item2.NumericsClass).Distinct().ToList();
        var jobs = Enumerable.Range(0, random.Next(1, 40)).Select(i =>
        {
            var sweep = random.Next(6);
            return new DayJob($"k{i}", $"s{sweep}", Teams[sweep % 3], classes[sweep % classes.Count], random.Next(3), 1 + (sweep % 2), random.Next(60), random.Next(1, 60), random.Next(12) == 0);
        });
        return new([.. jobs], devices, options);
    }

    private static Device Device(string numericsClass, int number, int slots) => new($"cuda:{number}", "", [.. Enumerable.Range(0, slots).Select(s => $"cuda:{number}/{s}")], numericsClass, null);
}
