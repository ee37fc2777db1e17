using SmallBatch.Specs.Settings;

namespace SmallBatch.Specs.Sweeps;

/// <summary>How a learning rate follows m.</summary>
public enum ScalingRule
{
    /// <summary>η ∝ m, so η̃ is the same for every m (Goyal et al. 2017); what a grid without scaling does.</summary>
    Linear,

    /// <summary>η ∝ √m, so η̃ ∝ 1/√m: constant covariance of the update (Krizhevsky 2014, Hoffer et al. 2017).</summary>
    Sqrt,

    /// <summary>η the same for every m, so η̃ ∝ 1/m.</summary>
    Constant,
}

/// <summary>An η̃ axis that depends on m: its values stand at one batch size, and follow a rule at the others.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Reference">The batch size at which the axis' values hold.</param>
public sealed record RateScaling(ScalingRule Rule, int Reference)
{
    /// <summary>The axis' value at a batch size; exact wherever the result is rational, else of 17 digits.</summary>
    public BaseLearningRate At(BaseLearningRate reference, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return Rule switch
        {
            ScalingRule.Linear => reference,
            ScalingRule.Constant => reference.Times(Reference, batchSize),
            _ => Root(Reference, batchSize) is var (p, q)
                ? reference.Times(p, q)
                : BaseLearningRate.Of(reference.Value * Math.Sqrt((double)Reference / batchSize)),
        };
    }

    /// <summary>√(a/b) as a fraction, or null where it is none.</summary>
    private static (long P, long Q)? Root(long a, long b)
    {
        var divisor = (long)System.Numerics.BigInteger.GreatestCommonDivisor(a, b);
        var (p, q) = ((long)Math.Round(Math.Sqrt(a / divisor)), (long)Math.Round(Math.Sqrt(b / divisor)));
        return p * p == a / divisor && q * q == b / divisor ? (p, q) : null;
    }
}
