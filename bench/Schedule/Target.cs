using System.Globalization;

namespace SmallBatch.Bench.Schedule;

/// <summary>What was to be reached: met at or below the goal.</summary>
internal sealed record Target(string Name, double Value, double Goal)
{
    /// <summary>One line, as every benchmark prints it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"target {Name} {Value:F3} {Goal:F3} {(Value <= Goal ? "met" : "short")}");
}
