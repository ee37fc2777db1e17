using System.Globalization;
using System.Text.RegularExpressions;

namespace SmallBatch.Specs.Settings;

/// <summary>The version of the arithmetic.</summary>
public static partial class TrainingNumerics
{
    /// <summary>Raised by a release whose results differ for equal settings; part of every settings hash, and of every numerics class.</summary>
    public const int Version = 3;

    /// <summary>
    /// The version that a numerics class has at its end, <c>…-n3</c>: that of the trainers which offer it, and so of every sweep that began on it,
    /// whatever release reads that sweep. <see cref="Version"/> where there is no class yet, or it names none.
    /// </summary>
    public static int VersionOf(string? numericsClass) =>
        numericsClass is not null && Ending().Match(numericsClass) is { Success: true } ending ? int.Parse(ending.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : Version;

    [GeneratedRegex("-n([0-9]{1,6})$")]
    private static partial Regex Ending();
}
