using System.Text;
using System.Text.Json;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Web.Live;

namespace SmallBatch.Web.Tests;

public sealed class SweepFeedTests
{
    private static readonly SweepSnapshot Sweep = new("s", "s-1", "", "d", 1, 1, "n", "1 epoch", 1, 0, 2, 0, null, SweepPhase.Grid, 1, DateTimeOffset.UnixEpoch, null, null);
    private readonly SweepFeed feed = new("feed");

    [Fact]
    public void Whoever_comes_first_is_told_how_everything_stands_and_then_what_changes()
    {
        Assert.Empty(feed.After(-1).Events);
        feed.Stands(Status(Cell("a"), Cell("b")));
        var (events, next, news) = feed.After(-1);
        Assert.Equal(["snapshot feed.1 a0 b0"], events.Select(Read));
        Assert.False(news.IsCompleted);
        feed.Stands(Status(Cell("a", epoch: 1), Cell("b")));
        Assert.True(news.IsCompleted);
        Assert.Equal(["change feed.2 a1"], feed.After(next).Events.Select(Read));
        Assert.Empty(feed.After(2).Events);
    }

    [Fact]
    public void Whoever_was_away_is_told_what_he_missed()
    {
        feed.Stands(Status(Cell("a"), Cell("b")));
        feed.Stands(Status(Cell("a", epoch: 1), Cell("b")));
        feed.Stands(Status(Cell("a", epoch: 1), Cell("b", epoch: 1)));
        Assert.Equal(["change feed.3 b1"], feed.After(feed.NumberOf("feed.2")).Events.Select(Read));
        Assert.Equal(["change feed.2 a1", "change feed.3 b1"], feed.After(feed.NumberOf("feed.1")).Events.Select(Read));
    }

    [Theory]
    [InlineData("other.2")]
    [InlineData("feed.99")]
    [InlineData("feed.-1")]
    [InlineData("feed.x")]
    [InlineData("feed")]
    [InlineData("")]
    [InlineData(null)]
    public void Whoever_brings_a_number_that_is_none_is_told_how_everything_stands(string? eventId)
    {
        feed.Stands(Status(Cell("a"), Cell("b")));
        feed.Stands(Status(Cell("a", epoch: 1), Cell("b")));
        Assert.Equal(["snapshot feed.2 a1 b0"], feed.After(feed.NumberOf(eventId)).Events.Select(Read));
    }

    [Fact]
    public void Whoever_was_away_for_too_long_is_told_how_everything_stands_and_so_is_everybody_when_the_plan_is_another()
    {
        for (var epoch = 0; epoch <= 300; epoch++)
        {
            feed.Stands(Status(Cell("a", epoch), Cell("b")));
        }

        Assert.Equal(["snapshot feed.301 a300 b0"], feed.After(1).Events.Select(Read));
        Assert.Equal(["change feed.301 a300"], feed.After(300).Events.Select(Read));
        feed.Stands(Status(Cell("a", 300), Cell("b"), Cell("c")));
        Assert.Equal(["snapshot feed.302 a300 b0 c0"], feed.After(301).Events.Select(Read));
    }

    [Fact]
    public void A_time_that_moves_a_little_is_no_news_until_it_has_moved_far()
    {
        feed.Stands(Status(Cell("a", eta: 1000), Cell("b")));
        for (var second = 1; second <= 100; second++)
        {
            feed.Stands(Status(Cell("a", eta: 1000 - second), Cell("b")));
        }

        Assert.Empty(feed.After(1).Events);
        feed.Stands(Status(Cell("a", eta: 899), Cell("b")));
        Assert.Equal(["change feed.2 a0"], feed.After(1).Events.Select(Read));
    }

    [Fact]
    public void A_change_tells_the_time_left_with_its_standard_deviation_and_only_when_either_has_moved_far()
    {
        feed.Stands(Status(Cell("a")) with { EtaSeconds = 1000 });
        feed.Stands(Status(Cell("a")) with { EtaSeconds = 1000, EtaDeviationSeconds = 200 });
        feed.Stands(Status(Cell("a")) with { EtaSeconds = 1000, EtaDeviationSeconds = 215 });
        feed.Stands(Status(Cell("a")) with { EtaSeconds = 1000, EtaDeviationSeconds = 221 });
        Assert.Equal(["1000 ± 200", "1000 ± 221"], feed.After(1).Events.Select(e => Data(e)).Select(d => $"{d.GetProperty("etaSeconds")} ± {d.GetProperty("etaDeviationSeconds")}"));
        Assert.Equal("221", Data(feed.After(-1).Events.Single()).GetProperty("etaDeviationSeconds").GetRawText());
    }

    [Fact]
    public void A_note_is_heard_once_and_is_no_part_of_how_everything_stands()
    {
        feed.Stands(Status(Cell("a")));
        feed.Note("silence", new { seconds = 3 });
        Assert.StartsWith("event: silence\nid: feed.2\ndata: {\"seconds\":3}", Encoding.UTF8.GetString(feed.After(1).Events.Single().Bytes.Span), StringComparison.Ordinal);
        Assert.Equal(["snapshot feed.2 a0"], feed.After(-1).Events.Select(Read));
    }

    private static SweepStatus Status(params CellStatus[] cells) => new(Sweep, false, cells, 0, null);

    private static CellStatus Cell(string key, int epoch = 0, double? eta = null) =>
        new(key, Stage.Grid, 2, "2^-9", ConfigurationStatus.Training, 1, 0, 0, 0, null, null, epoch, 400, null, 0, 1, null, null, 0, eta, null);

    /// <summary>An event as <c>name id key+epoch …</c>; it must end as the format wants.</summary>
    private static string Read(SweepEvent item)
    {
        var lines = Encoding.UTF8.GetString(item.Bytes.Span).Split('\n');
        Assert.Equal(["", ""], lines[3..]);
        var cells = Data(item).GetProperty("cells").EnumerateArray().Select(c => $"{c.GetProperty("key").GetString()}{c.GetProperty("epoch").GetInt32()}");
        return $"{lines[0]["event: ".Length..]} {lines[1]["id: ".Length..]} {string.Join(" ", cells)}".TrimEnd();
    }

    private static JsonElement Data(SweepEvent item) => JsonDocument.Parse(Encoding.UTF8.GetString(item.Bytes.Span).Split('\n')[2]["data: ".Length..]).RootElement;
}
