namespace SmallBatch.Bench.Eta;

/// <summary>What a sweep foretold at a moment, and what came.</summary>
/// <param name="Share">The moment, as a share of the sweep's whole duration.</param>
/// <param name="Ended">Configurations that had ended.</param>
/// <param name="Left">Seconds left, as foretold.</param>
/// <param name="Deviation">The standard deviation that was said of it; null where none was.</param>
/// <param name="TrulyLeft">Seconds that it took from there.</param>
/// <param name="Whole">The sweep's whole duration, seconds.</param>
internal sealed record Foretold(double Share, int Ended, double Left, double? Deviation, double TrulyLeft, double Whole)
{
    /// <summary>Of what was left, as a share of it.</summary>
    public double ErrorOfLeft => (Left - TrulyLeft) / TrulyLeft;

    /// <summary>Of the finish, as a share of the whole duration.</summary>
    public double ErrorOfWhole => (Left - TrulyLeft) / Whole;

    /// <summary>How many of its own deviations it was wrong by.</summary>
    public double? Deviations => (Left - TrulyLeft) / Deviation;

    /// <summary>Whether what came lay within two of its deviations.</summary>
    public bool IsWithinTwo => Deviations is { } by && Math.Abs(by) <= 2;
}
