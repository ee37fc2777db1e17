using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Grains.Tests;

/// <summary>What is kept beside the leases is what counting them all anew would say.</summary>
public sealed class LeaseIndexTests
{
    private static readonly string[] Names = ["a", "b", "c"];
    private readonly LeaseIndex index;
    private int changes;
    private int sequence;

    public LeaseIndexTests() => index = new(_ => changes++);

    [Fact]
    public void Whatever_happens_to_leases_the_index_follows()
    {
        var random = new Random(20261127);
        for (var step = 0; step < 5000; step++)
        {
            var before = changes;
            Assert.Equal(Change(random), changes > before);
            var occupying = index.All.Where(e => e.OccupiesSlot).ToList();
            Assert.Equal(occupying.GroupBy(e => e.Share.Team).ToDictionary(g => g.Key, g => g.Count()), index.Teams.ToDictionary());
            Assert.Equal(occupying.GroupBy(e => (e.Share.Team, e.SweepId)).ToDictionary(g => g.Key, g => g.Count()), index.Sweeps.ToDictionary());
            Assert.Equal(index.All.Where(e => !e.IsSettled).ToHashSet(), index.Unsettled.ToHashSet());
            Assert.Equal(index.All.Select(e => e.Lease.Host).Distinct().Order(), index.Hosts.Order());
            Assert.All(Names, h => Assert.Equal(index.All.Where(e => e.Lease.Host == h).ToHashSet(), index.OfHost(h).ToHashSet()));
        }

        Assert.True(sequence > 1000, $"{sequence} leases: too few to prove anything");
    }

    private bool Change(Random random)
    {
        var leases = index.All.ToList();
        if (leases.Count == 0 || random.Next(3) == 0)
        {
            // Often of a configuration that has one already.
            var token = new LeaseToken(1, ++sequence, Guid.Empty);
            index.Put(new(new($"k{random.Next(40)}", token, Names[random.Next(3)], "slot", "cpu"), Names[random.Next(3)], 1, LeasePhase.Granting, default) { Share = new(Names[random.Next(3)], 1) });
            return true;
        }

        var entry = leases[random.Next(leases.Count)];
        switch (random.Next(5))
        {
            case 0:
                var phase = (LeasePhase)random.Next(5);
                var moves = phase != entry.Phase;
                entry.Enter(phase, default);
                return moves;
            case 1:
                entry.Row = (LeaseRowKind)random.Next(3);
                return true;
            case 2:
                entry.Writing = !entry.Writing;
                return true;
            case 3:
                entry.Share = new(Names[random.Next(3)], 1);
                return true;
            default:
                index.Remove(entry);
                entry.Writing = !entry.Writing;
                return true;
        }
    }
}
