using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Bench.Schedule;

/// <summary>One configuration of a trace.</summary>
/// <param name="Sweep">Its sweep's number, in the order of arrival.</param>
/// <param name="Index">Its place in its sweep as written.</param>
/// <param name="Arrival">When its sweep is submitted, in seconds.</param>
/// <param name="PredictedSeconds">What the policy knows.</param>
/// <param name="Seconds">What it takes.</param>
/// <param name="Team">Whose sweep it is.</param>
internal sealed record Job(int Sweep, int Index, double Arrival, double PredictedSeconds, double Seconds, string Team = "default")
{
    /// <summary>Its key in the pool's book.</summary>
    public string Key => $"{Sweep}.{Index}";
}

/// <summary>Traces of the paper's grids, with the seconds that <c>sweep preview</c> predicts.</summary>
internal static class Traces
{
    private static readonly DatasetIdentity Cifar10 = new("cifar10", 50_000, 10_000, 10, 3, 32, 32, "");

    /// <summary>The grid of a figure of <c>sweeps/paper</c> on CIFAR-10 at full size. Where <paramref name="spread"/> is above 0, the true times are off by a factor whose logarithm has that standard deviation.</summary>
    public static IReadOnlyList<Job> Panel(string figure, int sweep = 0, double arrival = 0, double spread = 0, int seed = 0)
    {
        var plan = Plan(figure);
        var random = new Random(seed);
        return
        [
            .. plan.Cells.Select((cell, i) =>
            {
                var predicted = plan.PredictedSeconds(cell, plan.Spec.Replicas);
                return new Job(sweep, i, arrival, predicted, predicted * Math.Exp(spread * Normal(random)));
            }),
        ];
    }

    /// <summary>The same grid with one job for each replica, each a process of its own that shares no step with another.</summary>
    public static IReadOnlyList<Job> PanelOfReplicas(string figure)
    {
        var plan = Plan(figure);
        return [.. plan.Cells.SelectMany(cell => Enumerable.Repeat(plan.PredictedSeconds(cell, 1), plan.Spec.Replicas)).Select((s, i) => new Job(0, i, 0, s, s))];
    }

    /// <summary>
    /// The same grid where the replicas of the last configurations that a round of all devices leaves over, the shortest, train apart: what is
    /// possible at best, since it needs to be known beforehand which those are.
    /// </summary>
    public static IReadOnlyList<Job> PanelWithLastApart(string figure, int devices)
    {
        var plan = Plan(figure);
        var cells = plan.Cells.Select(c => (Whole: plan.PredictedSeconds(c, plan.Spec.Replicas), One: plan.PredictedSeconds(c, 1))).OrderByDescending(c => c.Whole).ToList();
        var whole = cells.Count / devices * devices;
        return [.. cells.Take(whole).Select(c => c.Whole).Concat(cells.Skip(whole).SelectMany(c => Enumerable.Repeat(c.One, plan.Spec.Replicas))).Select((s, i) => new Job(0, i, 0, s, s))];
    }

    /// <summary>No schedule ends earlier: all devices busy to the end, or the longest job started first.</summary>
    public static double LowerBound(IReadOnlyList<Job> jobs, int devices) =>
        Math.Max(jobs.Sum(j => j.Seconds) / devices, jobs.Max(j => j.Seconds));

    /// <summary>
    /// The same, where no job can be divided: of the j·devices + 1 longest, j + 1 meet on one device, and take there at least as long as the j + 1
    /// shortest of them.
    /// </summary>
    public static double LowerBoundOfWholeJobs(IReadOnlyList<Job> jobs, int devices)
    {
        var longest = jobs.Select(j => j.Seconds).OrderDescending().ToList();
        var meeting = Enumerable.Range(1, (longest.Count - 1) / devices).Select(j => longest.Skip((j * devices) - j).Take(j + 1).Sum());
        return meeting.Append(LowerBound(jobs, devices)).Max();
    }

    private static SweepPlan Plan(string figure) => SweepPlan.Of(SweepDraft.Load(Path.Combine("sweeps", "paper", $"{figure}.yaml")), Cifar10).Value
        ?? throw new InvalidOperationException($"sweeps/paper/{figure}.yaml: found no specification for CIFAR-10; run from the repository's root");

    // Box and Muller 1958.
    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
