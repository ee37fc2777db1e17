using System.Globalization;
using SmallBatch.Bench;
using SmallBatch.Bench.Eta;
using SmallBatch.Bench.Scale.Cluster;
using SmallBatch.Bench.Scale.Rows;

const double MostError = 10, LeastWithin = 90;
const string Simulated = "simulated", Real = "quickstart";
var quick = args.Contains("--quick");
if (!TryWhole("--sweeps", quick ? 1 : 10, out var sweeps) || !TryWhole("--real", quick ? 0 : 3, out var real))
{
    return 2;
}

Console.WriteLine(Machine.Line(quick));
Print($"{"sweep",-14}{"at",6}{"ended",8}{"foretold left, s",18}{"± sd",8}{"truly left, s",15}{"error of left",15}{"of the whole",14}{"in sd",8}");
var all = new List<(string Kind, Foretold Said)>();
for (var i = 1; i <= real; i++)
{
    await using var cluster = await ScaleCluster.StartTrainingAsync();
    Tell(Real, i, await Watched.RunAsync(cluster, Real, await File.ReadAllTextAsync($"sweeps/{Real}.yaml"), await File.ReadAllTextAsync("networks/resnet8.yaml")));
}

for (var i = 1; i <= sweeps; i++)
{
    // Trainings of equal prediction, whose durations are chance: nothing but chance is to be foretold.
    await using var cluster = await ScaleCluster.StartAsync("1s..4s");
    Tell(Simulated, i, await Watched.RunAsync(cluster, Simulated, ScaleSweep.Spec(Simulated, [8], quick ? 120 : 320, epochs: 8, seed: i), ScaleSweep.Network));
}

var targets = new List<string>();
foreach (var kind in all.GroupBy(a => a.Kind))
{
    foreach (var share in kind.GroupBy(a => a.Said.Share))
    {
        var said = share.Select(a => a.Said).ToList();
        Print($"{kind.Key,-14}{share.Key,6:P0}  median error of left {100 * Median.Of(said.Select(s => Math.Abs(s.ErrorOfLeft))):F1} %, of the whole {100 * Median.Of(said.Select(s => Math.Abs(s.ErrorOfWhole))):F1} %, mean {100 * said.Average(s => s.ErrorOfWhole):+0.0;-0.0} %; truth within two deviations in {said.Count(s => s.IsWithinTwo)} of {said.Count}");
    }

    var half = 100 * Median.Of(kind.Where(a => a.Said.Share == 0.5).Select(a => Math.Abs(a.Said.ErrorOfWhole)));
    var within = 100.0 * kind.Count(a => a.Said.IsWithinTwo) / kind.Count();
    targets.Add(Text($"target eta-{kind.Key}-half-way-error-percent {half:F1} {MostError:F0} {(half <= MostError ? "met" : "short")}"));
    targets.Add(Text($"target eta-{kind.Key}-within-two-deviations-percent {within:F0} {LeastWithin:F0} {(within >= LeastWithin ? "met" : "short")}"));
}

targets.ForEach(Console.WriteLine);
return 0;

void Tell(string kind, int number, IReadOnlyList<Foretold> told)
{
    foreach (var said in told)
    {
        all.Add((kind, said));
        var name = $"{kind} {number}";
        Print($"{name,-14}{said.Share,6:P0}{said.Ended,8}{said.Left,18:F1}{said.Deviation,8:F1}{said.TrulyLeft,15:F1}{100 * said.ErrorOfLeft,13:+0.0;-0.0} %{100 * said.ErrorOfWhole,12:+0.0;-0.0} %{said.Deviations,8:+0.0;-0.0}");
    }
}

bool TryWhole(string name, int usual, out int value)
{
    var text = args.SkipWhile(a => a != name).Skip(1).FirstOrDefault() ?? usual.ToString(CultureInfo.InvariantCulture);
    if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value))
    {
        return true;
    }

    Console.Error.WriteLine($"{name}: found {text}, wanted a whole number from 0");
    return false;
}

static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

static void Print(FormattableString text) => Console.WriteLine(Text(text));
