namespace SmallBatch.Bench.Schedule;

/// <summary>How several sweeps fare that share a pool.</summary>
/// <param name="Makespan">Until all are over, over the least possible after the last arrival or for all the work.</param>
/// <param name="MeanSlowdown">From a sweep's arrival to its end, over its lower bound alone on the whole pool: mean over the sweeps.</param>
/// <param name="WorstSlowdown">The same of the sweep that fares worst.</param>
/// <param name="JainOfSweeps">Jain's index of the slots that sweeps hold which have configurations waiting (Jain, Chiu and Hawe 1984), mean over time: 1 where all hold as many, 1 over their number where one holds all.</param>
/// <param name="JainOfTeams">The same of teams' slots over their weights.</param>
/// <param name="HoursWithoutSlot">The longest that a sweep with configurations waiting held no slot.</param>
internal sealed record Fairness(double Makespan, double MeanSlowdown, double WorstSlowdown, double JainOfSweeps, double JainOfTeams, double HoursWithoutSlot)
{
    /// <summary>Judges what ran.</summary>
    public static Fairness Of(IReadOnlyList<Ran> ran, int devices, Policy policy)
    {
        var sweeps = ran.GroupBy(r => r.Job.Sweep).Select(g => g.ToList()).ToList();
        var teams = ran.GroupBy(r => r.Job.Team).Select(g => g.ToList()).ToList();
        var jobs = ran.Select(r => r.Job).Distinct().ToList();
        var slowdowns = sweeps.Select(s => (s.Max(r => r.To) - s[0].Job.Arrival) / Traces.LowerBound([.. s.Select(r => r.Job).Distinct()], devices)).ToList();
        var bound = Math.Max(jobs.Sum(j => j.Seconds) / devices, sweeps.Max(s => s[0].Job.Arrival + s.Max(r => r.Job.Seconds)));
        return new(
            ran.Max(r => r.To) / bound,
            slowdowns.Average(),
            slowdowns.Max(),
            MeanJain(ran, sweeps, _ => 1),
            MeanJain(ran, teams, t => policy.Options.Team(t[0].Job.Team).Weight),
            sweeps.Max(WithoutSlot) / 3600);
    }

    /// <summary>Over the times at which more than one of them has configurations that wait.</summary>
    private static double MeanJain(IReadOnlyList<Ran> ran, List<List<Ran>> sharers, Func<List<Ran>, double> weight)
    {
        var times = ran.SelectMany(r => new[] { r.From, r.To, r.Job.Arrival }).Distinct().Order().ToList();
        var (sum, span) = (0.0, 0.0);
        foreach (var (from, to) in times.Zip(times.Skip(1)))
        {
            var held = sharers.Where(s => s.Min(r => r.Job.Arrival) <= from && s.Any(r => r.From > from)).Select(s => s.Count(r => r.From <= from && r.To > from) / weight(s)).ToList();
            if (held.Count > 1 && held.Sum() > 0)
            {
                sum += (to - from) * held.Sum() * held.Sum() / (held.Count * held.Sum(h => h * h));
                span += to - from;
            }
        }

        return span > 0 ? sum / span : 1;
    }

    private static double WithoutSlot(List<Ran> sweep)
    {
        var (longest, until) = (0.0, sweep[0].Job.Arrival);
        foreach (var run in sweep.OrderBy(r => r.From))
        {
            longest = Math.Max(longest, run.From - until);
            until = Math.Max(until, run.To);
        }

        return longest;
    }
}
