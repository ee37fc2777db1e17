using System.Globalization;

namespace SmallBatch.Bench.Schedule;

/// <summary>Several panels of two teams on one pool: makespan and fairness of the ways to share.</summary>
internal static class SharedPool
{
    private const int Devices = 16;
    private const int Quota = 8;
    private const string Few = "few";

    /// <summary>Prints the table.</summary>
    public static IEnumerable<Target> Print()
    {
        string[] sharing = ["fig02", "fig03", "fig05", "fig06"];
        Console.WriteLine($"The {sharing.Length} panels on {Devices} devices, each submitted when a quarter of the first would be done on all of them; the last is of team {Few}, the others of team many.");
        Console.WriteLine("Slowdown: from submission to the end, over the sweep's lower bound alone on the whole pool. Jain: 1 where those that wait hold as many slots each, teams' over");
        Console.WriteLine("their weights. No slot: the longest that a sweep that waits held none, hours. To quota: seconds from its arrival until that team held it. Gave way: trainings stopped for that.");
        Console.WriteLine($"{"policy",-42}{"makespan",10}{"slowdown",10}{"worst",8}{"sweeps",8}{"teams",8}{"no slot",9}{"to quota",10}{"gave way",10}");
        var quarter = Traces.LowerBound(Traces.Panel(sharing[0]), Devices) / 4;
        var trace = sharing.SelectMany((figure, i) => Traces.Panel(figure, i, i * quarter).Select(j => j with { Team = i == sharing.Length - 1 ? Few : "many" })).ToList();
        var targets = new List<Target>();
        foreach (var policy in Policy.Sharing(Few, Quota))
        {
            var (ran, gave) = PoolSimulation.Run(trace, Devices, policy);
            var fairness = Fairness.Of(ran, Devices, policy);
            var reached = UntilQuota([.. ran.Where(r => r.Job.Team == Few)]);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{policy.Name,-42}{fairness.Makespan,10:F3}{fairness.MeanSlowdown,10:F2}{fairness.WorstSlowdown,8:F2}{fairness.JainOfSweeps,8:F3}{fairness.JainOfTeams,8:F3}{fairness.HoursWithoutSlot,9:F1}{(reached is { } seconds ? seconds.ToString("F0", CultureInfo.InvariantCulture) : "never"),10}{gave,10}"));
            if (policy.Options.Teams.GetValueOrDefault(Few)?.Quota > 0)
            {
                targets.Add(new("seconds-until-a-quota-is-held", reached ?? double.PositiveInfinity, 2 * PoolSimulation.BeatEvery));
                targets.Add(new("trainings-stopped-for-a-quota", gave, Quota));
            }
        }

        Console.WriteLine();
        return targets;
    }

    /// <summary>From the arrival to the first time at which so many run; null where that never is.</summary>
    private static double? UntilQuota(List<Ran> ran) =>
        ran.Select(r => r.From).Distinct().Order().Cast<double?>().FirstOrDefault(t => ran.Count(r => r.From <= t && r.To > t) >= Quota) - ran[0].Job.Arrival;
}
