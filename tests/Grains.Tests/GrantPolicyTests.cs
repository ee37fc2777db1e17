using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Grains.Tests;

/// <summary>The order in which slots are granted.</summary>
public sealed class GrantPolicyTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly WaitingQueue waiting = new();
    private readonly List<(string Team, string Sweep)> held = [];
    private readonly Dictionary<string, TimeSpan> lastHeld = [];
    private readonly GpuPoolOptions options = new();

    [Fact]
    public void Priority_goes_first_then_the_sweep_with_fewest_then_its_own_order()
    {
        held.Add(("default", "s"));
        Wait("late", "s", order: 2);
        Wait("first", "s", order: 1);
        Wait("other", "t", order: 9);
        Wait("urgent", "u", priority: 5);
        Wait("back", "s", order: int.MinValue);
        Assert.Equal(["urgent", "other", "back", "first", "late"], Order());
    }

    [Fact]
    public void A_sweep_gets_slots_by_its_weight()
    {
        Wait("a", "light", times: 8);
        Wait("b", "heavy", weight: 3, times: 8);
        Assert.Equal((2, 6), (Order().Take(8).Count(k => k[0] == 'a'), Order().Take(8).Count(k => k[0] == 'b')));
    }

    [Fact]
    public void A_team_with_many_sweeps_gets_no_more_than_one_with_few()
    {
        options.Teams["heavy"] = new() { Weight = 2 };
        foreach (var sweep in (string[])["s", "t", "u"])
        {
            Wait($"many-{sweep}", sweep, team: "many", times: 9);
        }

        Wait("heavy", "v", team: "heavy", times: 9);
        var first = Order().Take(9).ToList();
        Assert.Equal((3, 6), (first.Count(k => k.StartsWith("many", StringComparison.Ordinal)), first.Count(k => k.StartsWith("heavy", StringComparison.Ordinal))));
        Assert.Equal(3, first.Where(k => k.StartsWith("many", StringComparison.Ordinal)).Select(k => k[5]).Distinct().Count());
    }

    [Fact]
    public void A_team_below_its_quota_goes_before_priority_and_no_further_than_its_quota()
    {
        options.Teams["astro"] = new() { Quota = 2 };
        held.Add(("astro", "s"));
        Wait("q", "s", team: "astro", times: 2);
        Wait("urgent", "t", priority: 9);
        Assert.Equal(["q0", "urgent", "q1"], Order());
    }

    [Fact]
    public void A_team_at_its_limit_comes_last_and_is_named_so()
    {
        options.Teams["astro"] = new() { Limit = 2 };
        held.Add(("astro", "s"));
        Wait("q", "s", team: "astro", priority: 9, times: 2);
        Wait("other", "t");
        var turns = GrantPolicy.Order(waiting, Held(), options, default);
        Assert.Equal([("q0", GrantLevel.Shared), ("other", GrantLevel.Shared), ("q1", GrantLevel.Limited)], turns.Select(t => (t.Waiting.Request.ConfigurationKey, t.Level)));
    }

    [Fact]
    public void A_sweep_that_holds_nothing_gains_a_step_of_priority_each_time_it_has_waited_long_and_loses_them_with_its_first_slot()
    {
        Wait("old", "low", priority: 0, times: 2);
        Wait("new", "high", priority: 3, since: 4 * Hour);
        Assert.Equal(["new", "old0", "old1"], Order(now: (3 * Hour) - TimeSpan.FromSeconds(1)));
        Assert.Equal(["old0", "new", "old1"], Order(now: 4 * Hour));
        lastHeld["low"] = 2 * Hour;
        Assert.Equal(["new", "old0", "old1"], Order(now: 4 * Hour));
        held.Add(("default", "low"));
        lastHeld.Clear();
        Assert.Equal(["new", "old0", "old1"], Order(now: 400 * Hour));
    }

    [Fact]
    public void Of_sweeps_that_hold_as_much_the_one_that_has_waited_longest_goes_first()
    {
        Wait("a", "s", times: 2);
        Wait("b", "t", since: TimeSpan.FromSeconds(5));
        Assert.Equal(["a0", "b", "a1"], Order(now: TimeSpan.FromSeconds(9)));
        lastHeld["s"] = TimeSpan.FromSeconds(9);
        Assert.Equal(["b", "a0", "a1"], Order(now: TimeSpan.FromSeconds(9)));
    }

    private IReadOnlyList<string> Order(TimeSpan now = default) => [.. GrantPolicy.Order(waiting, Held(), options, now).Select(t => t.Waiting.Request.ConfigurationKey)];

    private Holdings Held() => new(held.GroupBy(h => h.Team).ToDictionary(g => g.Key, g => g.Count()), held.GroupBy(h => h).ToDictionary(g => g.Key, g => g.Count()), lastHeld);

    private void Wait(string key, string sweep, int order = 0, int priority = 0, string team = "default", int weight = 1, TimeSpan since = default, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            waiting.Put(new(new(times == 1 ? key : $"{key}{i}", sweep, 1, "c", priority, order, null, 1, [], new(team, weight)), waiting.Count + 1, since));
        }
    }
}
