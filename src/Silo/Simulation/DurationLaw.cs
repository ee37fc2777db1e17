using System.Globalization;
using System.Text.RegularExpressions;
using SmallBatch.Specs;

namespace SmallBatch.Silo.Simulation;

/// <summary>How long a simulated training takes.</summary>
/// <param name="Least">Seconds, of a training or of an update.</param>
/// <param name="Most">The same; where it is more, chance says which.</param>
/// <param name="PerUpdate">Whether they are an update's.</param>
internal sealed partial record DurationLaw(double Least, double Most, bool PerUpdate)
{
    private const string Wanted = "a time such as 1s, 2ms/update or 0.5s..2s";

    /// <summary>Reads <c>1s</c>, <c>2ms/update</c>, <c>0.5s..2s</c>.</summary>
    public static SpecResult<DurationLaw> Parse(string text)
    {
        if (Written().Match(text) is not { Success: true } match)
        {
            return new List<SpecError> { new("Simulation:Duration", text, Wanted) };
        }

        var least = Seconds(match.Groups["least"].Value, match.Groups["unit"].Value);
        var most = match.Groups["most"].Success ? Seconds(match.Groups["most"].Value, match.Groups["mostUnit"].Value) : least;
        return most < least
            ? new List<SpecError> { new("Simulation:Duration", text, $"{Wanted}, the shorter first") }
            : new DurationLaw(least, most, match.Groups["update"].Success);
    }

    /// <summary>The time of a training of so many updates; <paramref name="chance"/> is in [0, 1).</summary>
    public TimeSpan Of(long updates, double chance) => TimeSpan.FromSeconds((Least + ((Most - Least) * chance)) * (PerUpdate ? updates : 1));

    private static double Seconds(string number, string unit) => double.Parse(number, CultureInfo.InvariantCulture) * (unit == "ms" ? 0.001 : 1);

    [GeneratedRegex(@"^(?<least>\d{1,9}(\.\d+)?)(?<unit>ms|s)((?<update>/update)|\.\.(?<most>\d{1,9}(\.\d+)?)(?<mostUnit>ms|s))?$")]
    private static partial Regex Written();
}
