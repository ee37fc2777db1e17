using SmallBatch.Contracts.Results;
using SmallBatch.Pictures.Drawing;
using SmallBatch.Statistics;

namespace SmallBatch.Pictures;

/// <summary>
/// How the update's variance grows with m. At η̃ the update of a batch of b is η̃·b·g, so that its variance is η̃²·b²·Var(g); at one
/// moment, one replica's weights and one η̃ it is measured for several b. A slope of 1 of log against log is the paper's ∝ m.
/// </summary>
internal static class VarianceFigures
{
    /// <summary>One moment of one replica: log₂ b and log₂ of the update's variance.</summary>
    /// <param name="Number">The moment's number within its run, from 0.</param>
    /// <param name="Fraction">Where in the run, 0 to 1.</param>
    /// <param name="Points">log₂ b, log₂ of the variance; ascending.</param>
    public sealed record Moment(int Number, double Fraction, IReadOnlyList<(double X, double Y)> Points)
    {
        /// <summary>The fitted slope; null where it was measured for fewer than two b.</summary>
        public double? Slope => LineFit.Of([.. Points.Select(p => p.X)], [.. Points.Select(p => p.Y)])?.Slope;
    }

    /// <summary>Every moment of a replica; what is not finite or not above 0 is left out.</summary>
    public static IReadOnlyList<Moment> Of(ReplicaResult replica)
    {
        var rate = Axis.Log2(replica.BaseLearningRate);
        return
        [
            .. replica.UpdateVariance.GroupBy(v => v.Step).OrderBy(g => g.Key).Select((g, i) => new Moment(
                i,
                replica.Updates > 0 ? (double)g.Key / replica.Updates : 0,
                [.. g.Where(v => v.GradientVariance is { } x && double.IsFinite(x) && x > 0).OrderBy(v => v.BatchSize)
                    .Select(v => (Math.Log2(v.BatchSize), Math.Log2(v.GradientVariance!.Value) + (2 * (rate + Math.Log2(v.BatchSize)))))])),
        ];
    }

    /// <summary>The mean slope of each replica's seed over its cells and moments: one independent number a seed.</summary>
    public static IReadOnlyList<double> Slopes(SweepFigures sweep) =>
    [
        .. sweep.Grid.SelectMany(sweep.Replicas).GroupBy(r => r.Replica).OrderBy(g => g.Key)
            .Select(g => g.SelectMany(Of).Select(m => m.Slope).OfType<double>().ToList()).Where(s => s.Count > 0).Select(s => s.Average()),
    ];
}
