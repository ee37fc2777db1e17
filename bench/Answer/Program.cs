using System.Globalization;
using SmallBatch.Bench.Answer;
using SmallBatch.Specs.Sweeps;

// How often what an answer says is so: intervals at 95 %, and the set that cannot be told from the best.
var wanted = Option("--sweeps") ?? (args.Contains("--quick") ? "200" : "10000");
if (!int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var sweeps) || sweeps == 0)
{
    Console.Error.WriteLine($"--sweeps: found {wanted}, wanted a whole number from 1");
    return 2;
}

var only = Option("--only") ?? "";
var targets = new List<string>();
Console.WriteLine($"{sweeps} sweeps a row, 5 batch sizes by 9 base learning rates. Per cent of the sweeps (of the intervals, for the first).");
Console.WriteLine($"{"truth",-24}{"seeds",6}{"fresh",6}{"interval",10}{"of winner",10}{"distances",10}{"best in set",12}{"as selected",12}{"set size",9}{"until",7}");
foreach (var (confirm, until, stop) in new[] { (true, (NarrowingRule?)null, false), (false, null, false), (true, new(40, 0.5), false), (true, null, true) })
{
    foreach (var scenario in Scenario.All.Where(s => $"{s.Name}{(until is null ? "" : ", until")}{(stop ? ", stop" : "")}".Contains(only, StringComparison.Ordinal)))
    {
        foreach (var seeds in new[] { 3, 5 })
        {
            Row(scenario, seeds, confirm, until, stop);
        }
    }
}

targets.ForEach(Console.WriteLine);
return 0;

string? Option(string name) => args.SkipWhile(a => a != name).ElementAtOrDefault(1);

void Row(Scenario scenario, int seeds, bool confirm, NarrowingRule? until, bool stop)
{
    var claims = new Claims[sweeps];
    Parallel.For(0, sweeps, number => claims[number] = Simulation.Run(scenario, seeds, confirm, until, stop, number));
    var interval = 100d * claims.Sum(c => c.Covering) / claims.Sum(c => c.Intervals);
    var best = Share(c => c.HoldsBest);
    string Confirmed(double share) => confirm ? share.ToString("F2", CultureInfo.InvariantCulture) : "-";
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{scenario.Name,-24}{seeds,6}{claims.Average(c => c.Fresh),6:0.#}{Confirmed(interval),10}{Confirmed(Share(c => c.WinnerCovers)),10}{Confirmed(Share(c => c.DistancesHold)),10}{best,12:F2}{Share(c => c.HoldsBestSelected),12:F2}{claims.Average(c => c.SetSize),9:F2}{until?.Until,7}{(stop ? " stop" : "")}"));
    var name = $"{scenario.Name.Replace(",", "", StringComparison.Ordinal).Replace(' ', '-')}-n{seeds}{(confirm ? "" : "-unconfirmed")}{(until is null ? "" : "-until")}{(stop ? "-stop" : "")}";
    if (confirm)
    {
        var off = Math.Abs(interval - 95);
        targets.Add(string.Create(CultureInfo.InvariantCulture, $"target interval-off-95-{name} {off:F2} 2.00 {(off <= 2 ? "met" : "short")}"));
    }

    targets.Add(string.Create(CultureInfo.InvariantCulture, $"target best-in-set-{name} {best:F2} 95.00 {(best >= 95 ? "met" : "short")}"));

    double Share(Func<Claims, bool> holds) => 100d * claims.Count(holds) / claims.Length;
}
