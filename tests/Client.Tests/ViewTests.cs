using SmallBatch.Client.Export;
using SmallBatch.Client.Views;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using Spectre.Console;

namespace SmallBatch.Client.Tests;

public sealed class ViewTests
{
    private static readonly SweepSnapshot Sweep = new("s", "s-1f", "", "cifar10 (5000 train, 1000 test)", 5000, 1000, "resnet8", "15 epochs", 3, 3, 8, 8, "c", SweepPhase.Completed, 1, DateTimeOffset.UnixEpoch, null, null);

    [Fact]
    public void The_axis_of_a_scaled_sweep_ascends() => Assert.Equal(["2^-8", "0.005", "2^-7", "1/3"], Format.Axis(["2^-7", "1/3", "2^-8", "0.005", "2^-7"]));

    [Fact]
    public void Results_csv_holds_only_what_is_deterministic()
    {
        var results = Results(new ReplicaResult(Stage.Grid, 8, "2^-9", "abc", 1, OutcomeKind.Diverged, 17, null, null, null, null, 100, [], [], null), new(Stage.Confirm, 8, "1/3", "abc", 0, OutcomeKind.Trained, null, 0.1, 0.2, 1d / 3, 1e-20, 100, [], [], null));
        Assert.Equal(
            "sweep,dataset,train_images,test_images,network,stage,batch_size,base_learning_rate,learning_rate,replica,outcome,diverged_at_step,score,final_test_accuracy,final_train_loss,final_test_loss,budget,updates,settings_hash\n"
            + "s,cifar10,5000,1000,resnet8,grid,8,2^-9,0.015625,1,diverged,17,,,,,15 epochs,100,abc\n"
            + "s,cifar10,5000,1000,resnet8,confirm,8,1/3,2.6666666666666665,0,trained,,0.1,0.2,0.3333333333333333,1E-20,15 epochs,100,abc\n",
            ResultFiles.Results(results));
    }

    [Fact]
    public void A_field_with_commas_quotes_or_lines_is_quoted()
    {
        var csv = new CsvText("a", "b");
        csv.Row("x,y", "say \"hi\"\nthere");
        Assert.Equal("a,b\n\"x,y\",\"say \"\"hi\"\"\nthere\"\n", csv.ToString());
    }

    [Theory]
    [InlineData(3, 0, 0, "61.2 ± 0.8")]
    [InlineData(2, 1, 0, "61.2 ± 0.8 (2t 1u)")]
    [InlineData(1, 0, 2, "61.2 ± 0.8 (1t 2d)")]
    public void A_cell_says_how_many_of_its_replicas_trained(int trained, int untrained, int diverged, string text) =>
        Assert.Equal(text, Format.Cell(new(Stage.Grid, 8, "2^-9", 3, trained, untrained, diverged, 0.612, 0.008, null, null, true)));

    [Fact]
    public void A_cell_without_a_finite_replica_shows_no_score()
    {
        Assert.Equal("3d", Format.Cell(new(Stage.Grid, 8, "2^-9", 3, 0, 0, 3, null, null, null, null, true)));
        Assert.Equal("…", Format.Cell(new(Stage.Grid, 8, "2^-9", 3, 1, 0, 0, 0.5, null, null, null, false)));
    }

    [Theory]
    [InlineData(0.2, "1 s")]
    [InlineData(59, "59 s")]
    [InlineData(61, "1 min 1 s")]
    [InlineData(7300, "2 h 1 min")]
    [InlineData(180_000, "2 d 2 h")]
    public void Times_are_told_in_their_two_largest_units(double seconds, string text) => Assert.Equal(text, Format.Time(seconds));

    [Fact]
    public void The_result_view_has_the_grid_the_winners_and_the_sentence()
    {
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No });
        console.Profile.Width = 120;
        ResultView.Write(console, Results());
        var text = writer.ToString();
        Assert.Contains("│ 8     │ 61.2 ± 0.8 │", text, StringComparison.Ordinal);
        Assert.Contains("│ 8 * │ 2^-9   │ 61.2 ± 0.8 │", text, StringComparison.Ordinal);
        Assert.Contains("• careful", text, StringComparison.Ordinal);
        Assert.Contains("The answer.", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(40)]
    [InlineData(300)]
    public void A_list_too_wide_for_the_terminal_leaves_out_spare_columns_and_never_a_letter(int width)
    {
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No });
        console.Profile.Width = width;
        var key = new string('k', 60);
        Output.List(console, OutputFormat.Table, ["value"], new("first", v => v), new("spare", _ => key, Spare: 2), new("sparer", _ => key, Spare: 3), new("reason", _ => "it waits for a slot of its class", Wraps: true));
        var text = writer.ToString();
        Assert.Contains("value", text, StringComparison.Ordinal);
        Assert.Equal(width == 300 ? 2 : 0, text.Split(key).Length - 1);
        Assert.Equal(width != 300, text.Contains($"Left out on {width} columns: spare, sparer;", StringComparison.Ordinal));
        Assert.Equal("it waits for a slot of its class".Split(' '), text.Split('\n')[3..].SelectMany(l => l.Split('│').ElementAtOrDefault(width == 300 ? 4 : 2)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? []));
        Assert.All(text.Split('\n').Where(l => l.Contains('│', StringComparison.Ordinal)), l => Assert.True(l.Length <= width, l));
    }

    [Fact]
    public void A_grid_too_wide_for_the_terminal_goes_on_below()
    {
        var rates = Enumerable.Range(-12, 13).Select(e => $"2^{e}").ToList();
        var rows = new[] { 2, 2048 }.Select(m => new BatchSizeRow($"{m}", [.. rates.Select((_, i) => new GridCell($"{m + i}.0 ± 1.0 (2t 1u)", Style.Plain))])).ToList();
        var tables = GridTable.Of(rates, rows, 80);
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No });
        console.Profile.Width = 80;
        tables.ToList().ForEach(t => console.Write(t));
        var text = writer.ToString();
        Assert.Equal(5, tables.Count);
        Assert.All(rates, r => Assert.Contains($" {r} ", text, StringComparison.Ordinal));
        Assert.All(rows.SelectMany(r => r.Cells), c => Assert.Contains(c.Text, text, StringComparison.Ordinal));
        Assert.Single(GridTable.Of(rates, rows, 400));
    }

    [Fact]
    public void On_a_terminal_that_is_too_narrow_columns_in_which_nothing_stands_go_first_and_are_not_missed()
    {
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No });
        console.Profile.Width = 40;
        Output.List(console, OutputFormat.Table, ["value"], new("first", v => v), new("spare", _ => DateTimeOffset.UnixEpoch, Spare: 2), new("reason", _ => null, Wraps: true));
        Assert.Equal(["╭───────┬──────────────────────╮", "│ first │ spare                │", "├───────┼──────────────────────┤", "│ value │ 1970-01-01 00:00:00Z │", "╰───────┴──────────────────────╯", ""], writer.ToString().Split('\n'));
    }

    [Fact]
    public void Of_a_sweep_that_is_over_nothing_is_said_to_train()
    {
        CellStatus cell = new("k", Stage.Grid, 8, "2^-9", ConfigurationStatus.Completed, 3, 3, 0, 0, 0.5, 0.1, 2, 2, null, 0, 1, null, null, 0, null, null);
        Assert.Equal("1 of 1 configurations done", ProgressView.Line(new(Sweep, false, [cell], 0, null)));
        Assert.EndsWith("Best of the grid: 50.0 ± 10.0 % at m = 8, η̃ = 2^-9\n1 of 1 configurations done\n", Shown(Sweep), StringComparison.Ordinal);
        Assert.Contains("Best: 50.0", Shown(Sweep with { Confirm = 0 }), StringComparison.Ordinal);
        Assert.Contains("Best so far: 50.0", Shown(Sweep with { Phase = SweepPhase.Grid }), StringComparison.Ordinal);

        string Shown(SweepSnapshot sweep)
        {
            var writer = new StringWriter();
            var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No });
            console.Profile.Width = 80;
            console.Write(ProgressView.Standing(new(sweep, false, [cell], 0, null), 80));
            return string.Join('\n', writer.ToString().Split('\n').Select(l => l.TrimEnd()));
        }
    }

    [Fact]
    public void The_progress_line_counts_cells_images_and_time()
    {
        CellStatus Cell(ConfigurationStatus status) => new("k", Stage.Grid, 8, "2^-9", status, 3, 0, 0, 0, null, null, 1, 2, null, 100, 1, null, null, 0, null, null);
        var line = ProgressView.Line(new(Sweep, true, [Cell(ConfigurationStatus.Completed), Cell(ConfigurationStatus.Training), Cell(ConfigurationStatus.Failed), Cell(ConfigurationStatus.Queued)], 812.4, 75));
        Assert.Equal("2 of 4 configurations done, 1 training, 1 failed, 812 images/s, about 1 min 15 s left, view is being rebuilt", line);
    }

    [Fact]
    public void The_time_left_is_told_with_its_deviation_where_that_is_known() =>
        Assert.EndsWith(", about 1 min 15 s ± 12 s left", ProgressView.Line(new(Sweep with { Phase = SweepPhase.Grid }, false, [], 812.4, 75, 12)), StringComparison.Ordinal);

    [Fact]
    public void The_progress_line_says_why_where_nothing_trains()
    {
        CellStatus Cell(ConfigurationStatus status) => new("k", Stage.Grid, 8, "2^-9", status, 3, 0, 0, 0, null, null, 1, 2, null, 0, 1, null, null, 1, null, "every device is out of service");
        Assert.EndsWith(", waiting: every device is out of service", ProgressView.Line(new(Sweep, false, [Cell(ConfigurationStatus.Queued)], 0, null)), StringComparison.Ordinal);
        Assert.DoesNotContain("waiting", ProgressView.Line(new(Sweep, false, [Cell(ConfigurationStatus.Queued), Cell(ConfigurationStatus.Training)], 0, null)), StringComparison.Ordinal);
    }

    private static SweepResults Results(params ReplicaResult[] replicas)
    {
        var cell = new CellSummary(Stage.Grid, 8, "2^-9", 3, 3, 0, 0, 0.612, 0.008, 0.59, 0.63, true);
        return new(Sweep, "resnet8", replicas, [], new("The answer.", 8, [], false, [cell], [new(8, "2^-9", cell, null, true, new("2^-9", "2^-9", 0, true), null, null, null, null, null, null, null)], ["careful"], 0.5, [], [], []));
    }
}
