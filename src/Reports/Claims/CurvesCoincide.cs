using System.Globalization;
using SmallBatch.Contracts.Results;
using SmallBatch.Pictures;
using SmallBatch.Pictures.Drawing;
using SmallBatch.Statistics;

namespace SmallBatch.Reports.Claims;

/// <summary>
/// Claim 4. The paper says coincide and gives no measure: here the mean distance of two curves over the epochs after the first
/// tenth, at most 2 points, which is what "near" means for ranges too. Contradicted only where the seeds' 95 % interval says so.
/// </summary>
internal static class CurvesCoincide
{
    private const int SmallFrom = 4, SmallTo = 64;
    private const double Near = 2, Settled = 0.1, Level = 0.95;

    /// <summary>The paper's, where the grid has it.</summary>
    private const string PaperRate = "2^-8";

    public static Finding Judge(SweepEvidence sweep)
    {
        Finding Is(Verdict verdict, string reason) => new(verdict, sweep.Name, reason);
        var rate = sweep.Figures.Grid.Any(c => c.BaseLearningRate == PaperRate && sweep.Figures.Replicas(c).Any(r => r.Curve.Length > 0)) ? PaperRate : Curves.Rate(sweep.Figures);
        if (rate is null)
        {
            return Is(Verdict.Untested, "no curve is stored");
        }

        var cells = sweep.Figures.Grid.Where(c => c.BaseLearningRate == rate && c.Complete).OrderBy(c => c.BatchSize).ToList();
        var small = cells.Where(c => c.BatchSize is >= SmallFrom and <= SmallTo && c.Trained == c.Replicas).ToList();
        if (small.Count < 2 || cells.Count == 0 || cells[^1].BatchSize <= SmallTo || !sweep.HasEpochBudget)
        {
            return Is(Verdict.Untested, $"it needs two batch sizes from {SmallFrom} to {SmallTo} that train at one η̃, and a larger one, with the same epochs for every m");
        }

        var pairs = small.SelectMany(a => small.Where(b => b.BatchSize > a.BatchSize), (a, b) => (A: a.BatchSize, B: b.BatchSize, Apart: Apart(sweep, a, b))).ToList();
        if (pairs.Exists(p => p.Apart.Count == 0))
        {
            return Is(Verdict.Untested, "not every curve is stored");
        }

        var (one, other, apart) = pairs.MaxBy(p => Math.Abs(p.Apart.Average()));
        var largest = cells[^1];
        var behind = largest.Trained == largest.Replicas ? small.Select(s => Apart(sweep, s, largest)).MinBy(d => d.DefaultIfEmpty(0).Average())! : [];
        var numbers = $"at η̃ = {Axis.Label(rate)} the curves of m = {one} and {other}, the farthest of m = {string.Join(", ", small.Select(c => c.BatchSize))}, lie {Points(Math.Abs(apart.Average()))} points apart on average, and m = {largest.BatchSize} {(behind.Count > 0 ? $"{Points(behind.Average())} points behind the nearest" : "does not train with every seed")}";
        var coincide = Math.Abs(apart.Average()) <= Near;
        return coincide && (behind.Count == 0 || behind.Average() > Near) ? Is(Verdict.Confirmed, numbers)
            : Interval(apart) is { } i && (i.Low > Near || i.High < -Near) ? Is(Verdict.Contradicted, numbers)
            : coincide && Interval(behind) is { } b && b.High <= Near ? Is(Verdict.Contradicted, numbers)
            : Is(Verdict.Untested, $"{numbers}; these seeds do not show whether it is more than {Near.ToString(CultureInfo.InvariantCulture)}");
    }

    /// <summary>
    /// How far one cell's curve lies above another's, points, a number for each seed of both: mean over the epochs after the first
    /// tenth. Seeds of equal number share initialisation and order.
    /// </summary>
    private static List<double> Apart(SweepEvidence sweep, CellSummary above, CellSummary below)
    {
        var others = sweep.Figures.Replicas(below).ToDictionary(r => r.Replica, Curve);
        return [.. sweep.Figures.Replicas(above).Where(r => others.ContainsKey(r.Replica)).Select(r => Mean(Curve(r), others[r.Replica])).Where(double.IsFinite)];
    }

    private static Dictionary<int, double> Curve(ReplicaResult replica) => replica.Curve.Where(p => double.IsFinite(p.TestAccuracy)).ToDictionary(p => p.Epoch, p => 100 * p.TestAccuracy);

    private static double Mean(Dictionary<int, double> one, Dictionary<int, double> other)
    {
        var epochs = one.Keys.Intersect(other.Keys).ToList();
        return epochs.Where(e => e > Settled * epochs.Max()).Select(e => one[e] - other[e]).DefaultIfEmpty(double.NaN).Average();
    }

    private static Interval? Interval(List<double> values) => values.Count > 1 ? StudentInterval.Of(Sample.Of(values), Level) : null;

    private static string Points(double points) => points.ToString("F1", CultureInfo.InvariantCulture);
}
