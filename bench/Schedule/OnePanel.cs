namespace SmallBatch.Bench.Schedule;

/// <summary>One panel of the paper alone: how near its makespan is to what is possible.</summary>
internal static class OnePanel
{
    /// <summary>The numbers of devices.</summary>
    public static readonly IReadOnlyList<int> Devices = [1, 2, 4, 8, 16, 32, 64];

    private const double Goal = 1.03;
    private const double Spread = 0.2;

    /// <summary>Prints the table.</summary>
    public static IEnumerable<Target> Print(int seeds)
    {
        Console.WriteLine("The pool's own policy against others, in simulated time. Makespan of one panel's grid over its lower bound (all the work over the devices, or the");
        Console.WriteLine($"longest job); in brackets, where predictions are off by {Spread:P0} (median of {seeds} seeds). 'whole configurations': the bound where none can be divided.");
        Console.WriteLine($"{"panel",-7}{"policy",-38}{string.Concat(Devices.Select(d => $"{d,16}"))}");
        var (worst, worstOfWhole) = (0.0, 0.0);
        foreach (var panel in (string[])["fig02", "fig03"])
        {
            var exact = Traces.Panel(panel);
            Line(panel, "no order beats: whole configurations", d => $"{Traces.LowerBoundOfWholeJobs(exact, d) / Traces.LowerBound(exact, d):F3}        ");
            foreach (var policy in Policy.Orders)
            {
                Line(panel, policy.Name, d =>
                {
                    var ratio = Ratio(exact, d, policy);
                    var off = Enumerable.Range(1, seeds).Select(seed => Ratio(Traces.Panel(panel, spread: Spread, seed: seed), d, policy)).Order().ElementAt(seeds / 2);
                    if (policy == Policy.Ours)
                    {
                        worst = Math.Max(worst, ratio);
                        worstOfWhole = Math.Max(worstOfWhole, ratio * Traces.LowerBound(exact, d) / Traces.LowerBoundOfWholeJobs(exact, d));
                    }

                    return $"{ratio:F3} ({off:F3})";
                });
            }

            Line(panel, "the last ones' replicas apart", d => $"{Makespan(Traces.PanelWithLastApart(panel, d), d) / Traces.LowerBound(exact, d):F3}        ");
        }

        Console.WriteLine();
        return [new("makespan-over-lower-bound", worst, Goal), new("makespan-over-bound-of-whole-configurations", worstOfWhole, Goal)];
    }

    /// <summary>Seconds until all are over, by our policy.</summary>
    public static double Makespan(IReadOnlyList<Job> trace, int devices) => PoolSimulation.Run(trace, devices, Policy.Ours).Ran.Max(r => r.To);

    private static void Line(string panel, string what, Func<int, string> cell) => Console.WriteLine($"{panel,-7}{what,-38}{string.Concat(Devices.Select(d => $"{cell(d),16}"))}");

    private static double Ratio(IReadOnlyList<Job> trace, int devices, Policy policy) => PoolSimulation.Run(trace, devices, policy).Ran.Max(r => r.To) / Traces.LowerBound(trace, devices);
}
