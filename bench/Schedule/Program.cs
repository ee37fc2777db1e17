using System.Globalization;
using SmallBatch.Bench.Schedule;

const double Goal = 1.03;
const double Spread = 0.2;
int[] devices = [1, 2, 4, 8, 16, 32, 64];
string[] panels = ["fig02", "fig03"];
string[] sharing = ["fig02", "fig03", "fig05", "fig06"];
var seeds = args.Contains("--quick") ? 3 : 20;
Console.WriteLine("The pool's own policy against others, in simulated time. Makespan of one panel's grid over its lower bound (all the work over the devices, or the");
Console.WriteLine($"longest job); in brackets, where predictions are off by {Spread:P0} (median of {seeds} seeds). 'whole configurations': the bound where none can be divided.");
Console.WriteLine($"{"panel",-7}{"policy",-38}{string.Concat(devices.Select(d => $"{d,16}"))}");
var (worst, worstOfWhole) = (0.0, 0.0);
foreach (var panel in panels)
{
    var exact = Traces.Panel(panel);
    Line(panel, "no order beats: whole configurations", d => $"{Traces.LowerBoundOfWholeJobs(exact, d) / Traces.LowerBound(exact, d):F3}        ");
    foreach (var policy in Policy.All.Take(3))
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
}

Console.WriteLine();
Console.WriteLine($"The {sharing.Length} panels on 16 devices, each submitted when a quarter of the first would be done on all of them. Slowdown: from submission to the end, over the sweep's lower");
Console.WriteLine("bound alone on the whole pool. Jain: 1 where sweeps that wait hold as many slots each.");
Console.WriteLine($"{"policy",-34}{"makespan",10}{"mean slowdown",15}{"worst",8}{"Jain",8}");
const int Shared = 16;
var quarter = Traces.LowerBound(Traces.Panel(sharing[0]), Shared) / 4;
var trace = sharing.SelectMany((figure, i) => Traces.Panel(figure, i, i * quarter)).ToList();
foreach (var policy in Policy.All)
{
    var fairness = Fairness.Of(PoolSimulation.Run(trace, Shared, policy), Shared);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{policy.Name,-34}{fairness.Makespan,10:F3}{fairness.MeanSlowdown,15:F2}{fairness.WorstSlowdown,8:F2}{fairness.Jain,8:F3}"));
}

Target("makespan-over-lower-bound", worst);
Target("makespan-over-bound-of-whole-configurations", worstOfWhole);

void Line(string panel, string what, Func<int, string> cell) => Console.WriteLine($"{panel,-7}{what,-38}{string.Concat(devices.Select(d => $"{cell(d),16}"))}");

static void Target(string name, double value) => Console.WriteLine($"target {name} {value:F3} {Goal:F3} {(value <= Goal ? "met" : "short")}");

static double Ratio(IReadOnlyList<Job> trace, int devices, Policy policy) => PoolSimulation.Run(trace, devices, policy).Max(r => r.To) / Traces.LowerBound(trace, devices);
