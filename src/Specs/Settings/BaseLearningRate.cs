using System.Globalization;
using System.Numerics;

namespace SmallBatch.Specs.Settings;

/// <summary>
/// The base learning rate η̃ = η/m (Masters &amp; Luschi 2018, eq. 6) as an exact positive rational, so that its text, its
/// order and the settings hash never depend on rounding.
/// </summary>
public sealed record BaseLearningRate : IComparable<BaseLearningRate>
{
    private BaseLearningRate(BigInteger numerator, BigInteger denominator)
    {
        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
        Numerator = numerator / divisor;
        Denominator = denominator / divisor;
    }

    /// <summary>Numerator in lowest terms, at least 1.</summary>
    public BigInteger Numerator { get; }

    /// <summary>Denominator in lowest terms, at least 1.</summary>
    public BigInteger Denominator { get; }

    /// <summary>The nearest double.</summary>
    public double Value => Math.Exp(BigInteger.Log(Numerator) - BigInteger.Log(Denominator)) switch
    {
        // Both parts fit a double exactly in every practical case, and then the quotient is correctly rounded.
        _ when Numerator <= (1L << 53) && Denominator <= (1L << 53) => (double)Numerator / (double)Denominator,
        var approximate => approximate,
    };

    /// <summary>log₂ η̃, for axes and octaves.</summary>
    public double Log2 => Math.Log2(Value);

    /// <summary>2^<paramref name="exponent"/>.</summary>
    public static BaseLearningRate PowerOfTwo(int exponent) => exponent >= 0
        ? new(BigInteger.One << exponent, BigInteger.One)
        : new(BigInteger.One, BigInteger.One << -exponent);

    /// <summary>This times p/q, exactly.</summary>
    public BaseLearningRate Times(long p, long q) => new(Numerator * p, Denominator * q);

    /// <summary>A value of 17 significant digits.</summary>
    public static BaseLearningRate Of(double value) =>
        TryParse(value.ToString("E16", CultureInfo.InvariantCulture), out var rate) ? rate! : throw new ArgumentOutOfRangeException(nameof(value), value, "wanted a number from 2^-60 to 2^60");

    /// <summary>Reads <c>2^-9</c>, <c>1/512</c>, <c>0.001</c> or <c>1e-3</c>; positive, from 2^-60 to 2^60.</summary>
    public static bool TryParse(string text, out BaseLearningRate? value)
    {
        ArgumentNullException.ThrowIfNull(text);
        value = null;
        var trimmed = text.Trim();
        if (trimmed.StartsWith("2^", StringComparison.Ordinal))
        {
            if (int.TryParse(trimmed.AsSpan(2), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)
                && exponent is >= -60 and <= 60)
            {
                value = PowerOfTwo(exponent);
            }

            return value is not null;
        }

        var slash = trimmed.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            if (BigInteger.TryParse(trimmed.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out var numerator)
                && BigInteger.TryParse(trimmed.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var denominator)
                && numerator > 0 && denominator > 0)
            {
                value = new(numerator, denominator);
            }
        }
        else if (decimal.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0)
        {
            Span<int> bits = stackalloc int[4];
            decimal.GetBits(number, bits);
            var mantissa = (new BigInteger((uint)bits[2]) << 64) + (new BigInteger((uint)bits[1]) << 32) + (uint)bits[0];
            value = new(mantissa, BigInteger.Pow(10, (bits[3] >> 16) & 0xff));
        }

        if (value is not null && value.Value is < 1d / (1L << 60) or > 1L << 60)
        {
            value = null;
        }

        return value is not null;
    }

    /// <inheritdoc/>
    public int CompareTo(BaseLearningRate? other) =>
        other is null ? 1 : (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    /// <summary>Whether the left value is less than the right one.</summary>
    public static bool operator <(BaseLearningRate left, BaseLearningRate right)
    {
        ArgumentNullException.ThrowIfNull(left);
        return left.CompareTo(right) < 0;
    }

    /// <summary>Whether the left value is at most the right one.</summary>
    public static bool operator <=(BaseLearningRate left, BaseLearningRate right)
    {
        ArgumentNullException.ThrowIfNull(left);
        return left.CompareTo(right) <= 0;
    }

    /// <summary>Whether the left value is greater than the right one.</summary>
    public static bool operator >(BaseLearningRate left, BaseLearningRate right)
    {
        ArgumentNullException.ThrowIfNull(left);
        return left.CompareTo(right) > 0;
    }

    /// <summary>Whether the left value is at least the right one.</summary>
    public static bool operator >=(BaseLearningRate left, BaseLearningRate right)
    {
        ArgumentNullException.ThrowIfNull(left);
        return left.CompareTo(right) >= 0;
    }

    /// <summary>Canonical text: <c>2^-9</c> for powers of two, else a terminating decimal, else <c>p/q</c>; <see cref="TryParse"/> reads it back.</summary>
    public override string ToString()
    {
        if (Numerator.IsOne && Denominator.IsPowerOfTwo)
        {
            return string.Create(CultureInfo.InvariantCulture, $"2^{-(Denominator.GetBitLength() - 1)}");
        }

        if (Denominator.IsOne && Numerator.IsPowerOfTwo)
        {
            return string.Create(CultureInfo.InvariantCulture, $"2^{Numerator.GetBitLength() - 1}");
        }

        var scale = BigInteger.One;
        for (var digits = 0; digits <= 28; digits++, scale *= 10)
        {
            if ((Numerator * scale % Denominator).IsZero)
            {
                var scaled = (Numerator * scale / Denominator).ToString(CultureInfo.InvariantCulture).PadLeft(digits + 1, '0');
                return digits == 0 ? scaled : $"{scaled[..^digits]}.{scaled[^digits..]}";
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");
    }
}
