using System.Globalization;

namespace SmallBatch.Bench.Scale;

/// <summary>The table, a line as soon as it is known, and at its end the targets.</summary>
internal sealed class ScaleTable
{
    private readonly List<string> targets = [];

    /// <summary>Writes the head.</summary>
    public static void Head() => Console.WriteLine($"{"row",-4}{"what",-62}{"here",12}  peer, or goal");

    /// <summary>Writes a line.</summary>
    public static void Line(int row, string what, double value, string form, string peer) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row,-4}{what,-62}{value.ToString(form, CultureInfo.InvariantCulture),12}  {peer}"));

    /// <summary>Notes a target, met where the value is at most the goal, or at least where more is better.</summary>
    public void Target(string name, double value, double goal, bool more = false) =>
        targets.Add(string.Create(CultureInfo.InvariantCulture, $"target {name} {value:G4} {goal:G4} {((more ? value >= goal : value <= goal) ? "met" : "short")}"));

    /// <summary>Writes the targets.</summary>
    public void Foot() => targets.ForEach(Console.WriteLine);
}
