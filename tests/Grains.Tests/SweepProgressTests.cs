using SmallBatch.Grains.Sweeps;

namespace SmallBatch.Grains.Tests;

/// <summary>What a sweep keeps beside its configurations is what going through them all would say.</summary>
public sealed class SweepProgressTests
{
    [Fact]
    public void Whatever_ends_is_listed_or_planned_the_counts_and_the_order_follow()
    {
        var random = new Random(20261127);
        var all = SweepConfigurations.Of(
                SmallSweep.Plan(SmallSweep.Text.Replace("batchSizes: [8]", "batchSizes: [2, 4, 8, 16, 32, 60]", StringComparison.Ordinal)), new() { SweepId = "s-1" })
            .SelectMany(c => Enumerable.Range(0, 5).Select(i => c with { Planned = c.Planned with { Key = $"{c.Planned.Key}#{i}", PredictedSeconds = random.Next(4) } })).ToList();
        Assert.True(all.Count >= 60, $"{all.Count} configurations: too few to prove anything");
        var (progress, planned, ended) = (new SweepProgress(), all[..0], new HashSet<string>());
        for (var step = 0; step < 3000; step++)
        {
            switch (random.Next(40))
            {
                case 0:
                    planned = [.. all.Where(_ => random.Next(3) > 0)];
                    progress.Plan(planned);
                    break;
                case 1:
                    ended = [.. all.Where(_ => random.Next(5) == 0).Select(c => c.Planned.Key)];
                    progress.Listed(ended);
                    break;
                default:
                    // Often the next; at times one that has ended, or that is not planned any more.
                    var key = random.Next(2) == 0 ? progress.Next.FirstOrDefault()?.Planned.Key ?? all[0].Planned.Key : all[random.Next(all.Count)].Planned.Key;
                    ended.Add(key);
                    progress.End(key);
                    break;
            }

            var left = planned.Where(c => !ended.Contains(c.Planned.Key)).ToList();
            Assert.Equal((left.Count, planned.Count - left.Count), (progress.Left, progress.Done));
            Assert.Equal(left.OrderByDescending(c => c.Planned.PredictedSeconds), progress.Next);
            Assert.True(ended.SetEquals(progress.Ended));
            var asked = all[random.Next(all.Count)];
            Assert.Equal(left.Contains(asked) ? asked : null, progress.Unended(asked.Planned.Key));
        }
    }
}
