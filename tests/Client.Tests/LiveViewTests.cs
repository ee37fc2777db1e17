using System.Text.RegularExpressions;
using SmallBatch.Client.Views;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SmallBatch.Client.Tests;

public sealed partial class LiveViewTests
{
    private static readonly SweepSnapshot Sweep = new("s", "s-1f", "", "cifar10 (5000 train, 1000 test)", 5000, 1000, "resnet8", "15 epochs", 3, 3, 8, 8, "c", SweepPhase.Grid, 1, DateTimeOffset.UnixEpoch, null, null);

    [Fact]
    public void Slots_of_the_watched_sweep_come_first_and_those_of_others_say_whose_they_are()
    {
        var cell = Cell("s-1f.a", ConfigurationStatus.Training);
        var text = Text(Pool([Lease("x-2e.a", "gpu-0", "x-2e"), Lease("s-1f.a", "gpu-1", "s-1f")], 3), [cell], 80, 40);
        Assert.Matches("(?m)^remark *$", text);
        Assert.Contains("Devices: 3 slots, 2 training, 1 free", text, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^h +gpu-1 training m = 8, η̃ = 2\^-7 3/15 +812 +50 s *\nh +gpu-0 training of x *\nh +gpu-2 free", text);
    }

    [Fact]
    public void The_queue_begins_with_its_first_place_and_ends_with_what_is_not_queued_yet_each_with_its_reason()
    {
        var cells = new[] { Cell("s-1f.a", ConfigurationStatus.Queued), Cell("s-1f.b", ConfigurationStatus.Queued) with { BatchSize = 16 }, Cell("s-1f.c", ConfigurationStatus.Pending) with { BatchSize = 32, Reason = "not queued yet" } };
        var pool = Pool([], 0) with { Queue = [new("x-2e.a", "x-2e", 1, "r"), new("s-1f.b", "s-1f", 2, "place 2 in the queue for 2 slots"), new("s-1f.a", "s-1f", 3, "place 3 in the queue: its team a holds its limit of 1 slot")] };
        var text = Text(pool, cells, 80, 40);
        Assert.Contains("Queue: 3 configurations of this sweep, 1 of others", text, StringComparison.Ordinal);
        Assert.Matches(@"2 +m = 16, η̃ = 2\^-7 for 2 slots *\n3 +m = 8, η̃ = 2\^-7 +its team a holds its limit of 1 slot *\n– +m = 32, η̃ = 2\^-7 not queued yet", text);
    }

    /// <summary>A thousand slots, a hundred batch sizes, long reasons: at no size is a row longer than the terminal or one more than it has.</summary>
    [Theory]
    [InlineData(80, 24)]
    [InlineData(80, 5)]
    [InlineData(200, 60)]
    [InlineData(20, 3)]
    public void However_small_the_terminal_it_is_filled_and_never_left(int width, int height)
    {
        var cells = Enumerable.Range(1, 100).Select(m => Cell($"s-1f.{m}", ConfigurationStatus.Queued) with { BatchSize = m, Reason = new string('r', 300) }).ToArray();
        var rows = Rows(new LiveView(new(Sweep, false, cells, 0, null), Pool([], 1000), width, height, "remark").Render(TimeSpan.FromSeconds(9)), width, height);
        Assert.Equal(height, rows.Length);
        Assert.All(rows, r => Assert.True(new Segment(r).CellCount() <= width, r));
        Assert.StartsWith("s: grid, resnet8 on", rows[0], StringComparison.Ordinal);
        Assert.Matches("^… [0-9]+ lines are not", rows[^1]);
    }

    [Fact]
    public void Where_there_is_room_nothing_is_hidden_and_the_rows_below_are_cleared()
    {
        var rows = Rows(new Text("one"), 80, 4);
        Assert.Equal(["one", "", "", ""], rows);
    }

    private static string Text(PoolSnapshot pool, CellStatus[] cells, int width, int height) =>
        string.Join('\n', Rows(new LiveView(new(Sweep, false, cells, 0, null), pool, width, height, "remark").Render(null), width, height));

    /// <summary>The rows that a frame writes, each cleared before and at its place.</summary>
    private static string[] Rows(IRenderable view, int width, int height)
    {
        var writer = new StringWriter();
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = width;
        console.Write(new Screen.Frame(view, height));
        var parts = Place().Split(writer.ToString());
        Assert.Equal("", parts[0]);
        Assert.Equal(Enumerable.Range(1, height).Select(r => $"{r}"), parts[1..].Where((_, i) => i % 2 == 0));
        return [.. parts[1..].Where((_, i) => i % 2 == 1).Select(r => Styles().Replace(r, ""))];
    }

    [GeneratedRegex(@"\u001b\[(\d+);1H\u001b\[2K")]
    private static partial Regex Place();

    [GeneratedRegex(@"\u001b\[[0-9;]*m")]
    private static partial Regex Styles();

    private static CellStatus Cell(string key, ConfigurationStatus status) => new(key, Stage.Grid, 8, "2^-7", status, 3, 0, 0, 0, null, null, 3, 15, null, 812, 1, null, null, 0, 50, null);

    private static LeaseSnapshot Lease(string key, string slot, string sweepId) => new(new(key, new(1, 1, Guid.Empty), "10.0.0.1:11111@5", slot, "cuda:0"), sweepId, RequestState.Holds, 1);

    private static PoolSnapshot Pool(LeaseSnapshot[] leases, int slots) =>
        new(1, slots == 0 ? [] : [new("10.0.0.1:11111@5", "h", [new("cuda:0", "gpu", [.. Enumerable.Range(0, slots).Select(i => $"gpu-{i}")], "c", null)], 1, null, 0)], leases, [], []);
}
