using SmallBatch.Client.Views;
using Spectre.Console;

namespace SmallBatch.Client.Tests;

/// <summary>Result sets with known answers, and the whole text that <c>results show</c> prints of them.</summary>
public sealed class GoldenSweepTests
{
    public static TheoryData<string> Sets => GoldenSweep.Names;

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_known_sweep_gives_its_whole_text(string name)
    {
        var text = Show(File.ReadAllLines(Path.Combine(GoldenSweep.Folder, $"{name}.csv"))[1..], "");
        Assert.Equal(File.ReadAllText(Path.Combine(GoldenSweep.Folder, $"{name}.txt")), text);
    }

    [Fact]
    public void The_practical_margin_is_the_specifications()
    {
        var rows = File.ReadAllLines(Path.Combine(GoldenSweep.Folder, "tie.csv"))[1..];
        const string spec = "name: golden\ndataset: synthetic\nnetwork: resnet8\nbatchSizes: [2, 8, 32]\nbaseLearningRates: [2^-9, 2^-7, 2^-5]\nepochs: 15\n";
        Assert.Contains("batch size 2 lies within 0.5 points of its mean", Show(rows, spec), StringComparison.Ordinal);
        Assert.Contains("batch sizes 2, 32 lie within 4 points of its mean", Show(rows, spec + "delta: 4\n"), StringComparison.Ordinal);
    }

    private static string Show(string[] rows, string spec)
    {
        var writer = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No });
        console.Profile.Width = 160;
        ResultView.Write(console, GoldenSweep.Of(rows, spec));
        return string.Join('\n', writer.ToString().Split('\n').Select(l => l.TrimEnd()));
    }
}
