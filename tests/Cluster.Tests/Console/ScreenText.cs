using System.Text.RegularExpressions;

namespace SmallBatch.Cluster.Tests.Console;

/// <summary>
/// The text of a screen as it was looked at and stored. What differs from run to run has its name in its place, of the same length where columns depend on it.
/// SMALLBATCH_DRAW_GOLDEN names a folder for the texts of now.
/// </summary>
internal static partial class ScreenText
{
    private static readonly (Regex What, string Name)[] Volatile =
    [
        (SweepId(), "chaos-########"), (Moment(), "YYYY-MM-DD hh:mm:ss"), (Generation(), "127.0.0.1:PPPPP@GGGGGGGGG"), (Slot(), "cpu-#"), (Heartbeat(), "#.#         "), (Left(), "about TIME ± TIME left"),
        (Rate(), "# images/s"), (SlotTimes(), "$1 RATE LEFT"), (SlotHeader(), "$1"),
    ];

    /// <summary>The screen with names in the place of what differs from run to run.</summary>
    public static string Of(string screen) =>
        string.Join('\n', Volatile.Aggregate(screen, (text, v) => v.What.Replace(text, v.Name)).Split('\n').Select(l => l.TrimEnd())).TrimEnd('\n') + "\n";

    /// <summary>Whether this is the stored text; where texts are drawn anew, stores it and says yes.</summary>
    public static bool IsGolden(string name, string screen)
    {
        if (Environment.GetEnvironmentVariable("SMALLBATCH_DRAW_GOLDEN") is { Length: > 0 } folder)
        {
            File.WriteAllText(Path.Combine(folder, $"{name}.txt"), Of(screen));
            return true;
        }

        return Golden(name) == Of(screen);
    }

    /// <summary>The stored text.</summary>
    public static string Golden(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Console", "Golden", $"{name}.txt"));

    [GeneratedRegex("chaos-[0-9a-f]{8}")]
    private static partial Regex SweepId();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")]
    private static partial Regex Moment();

    [GeneratedRegex(@"127\.0\.0\.1:\d{5}@\d{9}")]
    private static partial Regex Generation();

    [GeneratedRegex(@"\bcpu-\d\b")]
    private static partial Regex Slot();

    [GeneratedRegex(@"(?<=│ )\d(\.\d)? {9,11}(?=│$)", RegexOptions.Multiline)]
    private static partial Regex Heartbeat();

    [GeneratedRegex(@"about \d[^,]*± [^,]* left")]
    private static partial Regex Left();

    [GeneratedRegex(@"\d+ images/s")]
    private static partial Regex Rate();

    /// <summary>A slot that trains: how fast, how long, and since when.</summary>
    [GeneratedRegex(@"^(silo-\d .*\d+/\d+) .*$", RegexOptions.Multiline)]
    private static partial Regex SlotTimes();

    [GeneratedRegex("^(host .* images/s) .*$", RegexOptions.Multiline)]
    private static partial Regex SlotHeader();
}
