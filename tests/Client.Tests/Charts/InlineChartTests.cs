using SmallBatch.Client.Charts;
using SmallBatch.Pictures;
using Spectre.Console;

namespace SmallBatch.Client.Tests.Charts;

/// <summary>Charts as text, compared with stored ones: <c>Golden/Charts</c>.</summary>
public sealed class InlineChartTests
{
    private static readonly string Folder = Path.Combine(GoldenSweep.Folder, "Charts");

    public static TheoryData<string, PictureKind> Charts => new()
    {
        { "clear-winner", PictureKind.Best },
        { "clear-winner", PictureKind.Accuracy },
        { "clear-winner", PictureKind.HeatMap },
        { "clear-winner", PictureKind.Ranges },
        { "missing-cell", PictureKind.HeatMap },
        { "tie", PictureKind.Best },
        { "edge-winner", PictureKind.Ranges },
    };

    [Theory]
    [MemberData(nameof(Charts))]
    public void A_known_sweep_gives_its_whole_chart_in_80_columns_without_any_colour(string name, PictureKind kind)
    {
        var text = Draw(name, kind, AnsiSupport.No, out var reason);
        Assert.Null(reason);
        Assert.Equal(File.ReadAllText(Path.Combine(Folder, $"{name}-{PictureKinds.Name(kind)}.txt")), text);
        Assert.All(text.Split('\n').SkipLast(3), l => Assert.True(l.Length <= 80));
    }

    [Fact]
    public void Colours_add_to_a_chart_and_change_no_character_of_it()
    {
        var coloured = Draw("clear-winner", PictureKind.Accuracy, AnsiSupport.Yes, out _);
        Assert.Contains("\u001b[", coloured, StringComparison.Ordinal);
        Assert.Equal(
            Draw("clear-winner", PictureKind.Accuracy, AnsiSupport.No, out _),
            System.Text.RegularExpressions.Regex.Replace(coloured, "\u001b\\[[0-9;]*m", ""));
    }

    [Theory]
    [InlineData(PictureKind.Best, "nothing of it is trained yet")]
    [InlineData(PictureKind.Epochs, "this kind is drawn to files only, without --inline")]
    public void What_cannot_be_drawn_has_a_reason(PictureKind kind, string reason)
    {
        Assert.Equal("", Draw("all-diverged", kind, AnsiSupport.No, out var said));
        Assert.Equal(reason, said);
    }

    private static string Draw(string name, PictureKind kind, AnsiSupport ansi, out string? reason)
    {
        var writer = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(writer), Ansi = ansi, ColorSystem = ansi == AnsiSupport.Yes ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors });
        console.Profile.Width = 10_000;
        reason = InlineCharts.Print(console, GoldenSweep.Load(name), kind);
        var text = writer.ToString();
        if (Environment.GetEnvironmentVariable("SMALLBATCH_WRITE_CHARTS") is { } folder && ansi == AnsiSupport.No && reason is null)
        {
            File.WriteAllText(Path.Combine(folder, $"{name}-{PictureKinds.Name(kind)}.txt"), text);
        }

        return text;
    }
}
