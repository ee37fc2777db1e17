using CsCheck;
using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Grains.Tests;

/// <summary>Which trainings give way to a team below its quota.</summary>
public sealed class PreemptionPolicyTests
{
    private static readonly string[] Teams = ["a", "b", "c", "d"];
    private static readonly string[] Classes = ["x", "y"];

    private static readonly Gen<GpuPoolOptions> Options = Gen.Select(Gen.Int[0, 4].Array[4], Gen.Int[1, 3].Array[4], (quotas, weights) =>
    {
        var options = new GpuPoolOptions();
        foreach (var (team, i) in Teams.Select((t, i) => (t, i)))
        {
            options.Teams[team] = new() { Quota = quotas[i], Weight = weights[i] };
        }

        return options;
    });

    private static readonly Gen<HeldSlot[]> Slots =
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 5], Gen.Bool, Gen.Int[0, 99]).Array[0, 20]
            .Select(all => all.Select((s, i) => new HeldSlot($"k{i}", Teams[s.Item1], Classes.ElementAtOrDefault(s.Item2), s.Item3 == 0, s.Item4, TimeSpan.FromSeconds(s.Item5))).ToArray());

    private static readonly Gen<Dictionary<(string, string), int>> Waiting =
        Gen.Int[0, 5].Array[8].Select(counts => counts.Select((n, i) => ((Teams[i / 2], Classes[i % 2]), n)).ToDictionary(p => p.Item1, p => p.n));

    [Fact]
    public void The_youngest_of_the_team_that_has_borrowed_most_gives_way_and_not_one_more_than_is_asked_for()
    {
        var options = new GpuPoolOptions { Teams = { ["astro"] = new() { Quota = 2 } } };
        HeldSlot[] held = [Slot("old", "big", 1), Slot("young", "big", 9), Slot("mid", "big", 5), Slot("lone", "small", 10)];
        Assert.Equal([("young", "astro"), ("mid", "astro")], Choose(held, 5, options).OrderByDescending(c => c.Key, StringComparer.Ordinal).Select(c => (c.Key, c.Value)));
        Assert.Equal("young", Assert.Single(Choose(held, 1, options)).Key);
        Assert.Equal("young", Assert.Single(Choose([.. held, Slot("own", "astro", 0)], 5, options)).Key);
        Assert.Empty(Choose([Slot("going", "big", 3) with { Leaves = true }, .. held], 1, options));
        Assert.Empty(Choose([.. held.Select(h => h with { MayYield = false })], 1, options));
        Assert.Empty(Choose([.. held.Select(h => h with { NumericsClass = "y" })], 1, options));
    }

    [Fact]
    public void A_team_within_its_quota_gives_nothing()
    {
        var options = new GpuPoolOptions { Teams = { ["astro"] = new() { Quota = 2 }, ["big"] = new() { Quota = 2 } } };
        Assert.Empty(Choose([Slot("a", "big", 1), Slot("b", "big", 2)], 2, options));
        Assert.Equal("b", Assert.Single(Choose([Slot("a", "big", 1), Slot("b", "big", 2), Slot("c", "big", 0)], 2, options)).Key);
    }

    [Fact]
    public void Whatever_is_held_and_waits_nobody_gives_more_than_it_borrowed_nobody_gets_more_than_its_quota_and_nothing_is_taken_in_vain() =>
        Gen.Select(Slots, Waiting, Options).Sample((held, waiting, options) =>
        {
            var chosen = PreemptionPolicy.Choose(held, waiting, options);
            foreach (var team in Teams)
            {
                var stays = held.Count(h => h.Team == team && !h.Leaves);
                var gives = chosen.Keys.Count(k => held.Single(h => h.Key == k).Team == team);
                Assert.True(gives == 0 || stays - gives >= options.Teams[team].Quota);
                var gets = chosen.Values.Count(t => t == team);
                Assert.True(gets == 0 || stays + gets <= options.Teams[team].Quota);
                Assert.True(gets <= waiting.Where(w => w.Key.Item1 == team).Sum(w => w.Value));
                Assert.False(gets > 0 && gives > 0);
            }

            foreach (var name in Classes)
            {
                // Each that gives way is one that the waiting of its class, short of what leaves by itself, ask for.
                var leaving = held.Count(h => h.NumericsClass == name && h.Leaves);
                var wanted = Teams.Sum(t => Math.Max(0, Math.Min(waiting[(t, name)], options.Teams[t].Quota - held.Count(h => h.Team == t && !h.Leaves))));
                Assert.True(chosen.Keys.Count(k => held.Single(h => h.Key == k).NumericsClass == name) <= Math.Max(0, wanted - leaving));
            }

            Assert.All(chosen.Keys, k => Assert.True(held.Single(h => h.Key == k) is { Leaves: false, MayYield: true, NumericsClass: not null }));
            Assert.Equal(chosen, PreemptionPolicy.Choose(held, waiting, options));
        });

    private static HeldSlot Slot(string key, string team, int since) => new(key, team, "x", false, true, TimeSpan.FromSeconds(since));

    private static IReadOnlyDictionary<string, string> Choose(HeldSlot[] held, int waiting, GpuPoolOptions options) =>
        PreemptionPolicy.Choose(held, new Dictionary<(string, string), int> { [("astro", "x")] = waiting }, options);
}
