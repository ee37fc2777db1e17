namespace SmallBatch.Bench.Schedule;

/// <summary>How several sweeps fare that share a pool.</summary>
/// <param name="Makespan">Until all are over, over the least possible after the last arrival or for all the work.</param>
/// <param name="MeanSlowdown">From a sweep's arrival to its end, over its lower bound alone on the whole pool: mean over the sweeps.</param>
/// <param name="WorstSlowdown">The same of the sweep that fares worst.</param>
/// <param name="Jain">Jain's index of the slots that sweeps hold which are not over (Jain, Chiu and Hawe 1984), mean over time: 1 where all hold as many, 1 over their number where one holds all.</param>
internal sealed record Fairness(double Makespan, double MeanSlowdown, double WorstSlowdown, double Jain)
{
    /// <summary>Judges what ran.</summary>
    public static Fairness Of(IReadOnlyList<Ran> ran, int devices)
    {
        var sweeps = ran.GroupBy(r => r.Job.Sweep).Select(g => g.ToList()).ToList();
        var slowdowns = sweeps.Select(s => (s.Max(r => r.To) - s[0].Job.Arrival) / Traces.LowerBound([.. s.Select(r => r.Job)], devices)).ToList();
        var bound = Math.Max(ran.Sum(r => r.Job.Seconds) / devices, sweeps.Max(s => s[0].Job.Arrival + s.Max(r => r.Job.Seconds)));
        return new(ran.Max(r => r.To) / bound, slowdowns.Average(), slowdowns.Max(), MeanJain(ran, sweeps));
    }

    /// <summary>Over the times at which more than one sweep has configurations that wait.</summary>
    private static double MeanJain(IReadOnlyList<Ran> ran, List<List<Ran>> sweeps)
    {
        var times = ran.SelectMany(r => new[] { r.From, r.To, r.Job.Arrival }).Distinct().Order().ToList();
        var (sum, span) = (0.0, 0.0);
        foreach (var (from, to) in times.Zip(times.Skip(1)))
        {
            var held = sweeps.Where(s => s[0].Job.Arrival <= from && s.Any(r => r.From > from)).Select(s => (double)s.Count(r => r.From <= from && r.To > from)).ToList();
            if (held.Count > 1 && held.Sum() > 0)
            {
                sum += (to - from) * held.Sum() * held.Sum() / (held.Count * held.Sum(h => h * h));
                span += to - from;
            }
        }

        return span > 0 ? sum / span : 1;
    }
}
