using System.Globalization;
using SmallBatch.Bench.Chaos.History;

namespace SmallBatch.Chaos.Tests;

/// <summary>Histories made up as a silo would log them: one that keeps every rule, and for each rule one that breaks it.</summary>
public sealed class HistoryCheckerTests
{
    private const string A = "0000000001-0000000001-aa";
    private const string B = "0000000001-0000000002-bb";
    private const string C = "0000000002-0000000001-cc";
    private const string Digest = "0123abcd";

    private static readonly string[] Clean =
    [
        Began(1, A, 0, 1), Step(A, 0), Step(A, 5), Taken(1, A, 5, 2), Step(A, 8),
        Began(2, B, 5, 3), Step(B, 5), Step(B, 9), Taken(1, B, 9, 4),
        Began(3, C, 9, 5), Step(C, 12), End("Completed", C, 12, 6), Outcome(0, "is stored"), Outcome(1, "is stored"), Outcome(1, "was stored already"),
    ];

    private int second;

    public static TheoryData<string, string[]> Broken => new()
    {
        { "tokens rise", [Began(1, B, 0, 1), Began(2, A, 0, 2)] },
        { "tokens rise", [Began(2, A, 0, 1), Began(2, B, 0, 2)] },
        { "nothing committed is lost", [Began(1, A, 0, 1), Taken(1, A, 5, 2), Began(2, B, 0, 3)] },
        { "the holder's word", [Began(1, A, 0, 1), Began(2, B, 0, 2), Taken(1, A, 5, 3)] },
        { "the holder's word", [Began(1, A, 0, 1), Began(2, B, 0, 2), End("Completed", A, 5, 3)] },
        { "checkpoints rise", [Began(1, A, 0, 1), Taken(1, A, 5, 2), Taken(2, A, 4, 3)] },
        { "checkpoints rise", [Began(1, A, 0, 1), Taken(2, A, 5, 2), Taken(1, A, 6, 3)] },
        { "completed once", [Began(1, A, 0, 1), End("Completed", A, 5, 2), Began(2, B, 0, 3), End("Completed", B, 5, 4)] },
        { "steps rise", [Began(1, A, 0, 1), Step(A, 5), Step(A, 4)] },
        { "no attempt, no training", [Began(1, A, 0, 1), Step(B, 5)] },
        { "exactly once", [Outcome(0, "is stored"), Outcome(0, "is stored")] },
        { "one outcome", [Outcome(0, "is stored"), Outcome(0, "was stored already", "ffff")] },
    };

    [Fact]
    public void A_history_of_losses_and_resumes_that_keeps_every_rule_passes()
    {
        var events = HistoryReader.Read(Log(Clean));
        Assert.Equal(Clean.Length, events.Count);
        Assert.Empty(HistoryChecker.Check(events, new Dictionary<string, int> { ["cell"] = 2 }));
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_history_that_breaks_a_rule_is_found(string rule, string[] lines) =>
        Assert.Contains(HistoryChecker.Check(HistoryReader.Read(Log(lines))), v => v.Rule == rule);

    [Fact]
    public void An_outcome_that_nobody_stored_is_missed()
    {
        var violation = Assert.Single(HistoryChecker.Check(HistoryReader.Read(Log(Clean)), new Dictionary<string, int> { ["cell"] = 3 }));
        Assert.Equal("every outcome", violation.Rule);
    }

    [Fact]
    public void What_was_stored_late_by_a_frozen_silo_is_judged_by_its_row_and_not_by_the_line_s_time()
    {
        string[] thawed = [Began(1, A, 0, 1), Began(2, B, 5, 3), Taken(1, A, 5, 2), Step(A, 5)];
        Assert.Empty(HistoryChecker.Check(HistoryReader.Read(Log(thawed))));
    }

    [Fact]
    public void A_rollback_of_the_store_excuses_what_it_undid_and_no_other_bytes()
    {
        var before = Log([Began(1, A, 0, 1), Taken(1, A, 5, 2), Outcome(0, "is stored")]);
        var rollback = At(second++);
        var after = Log([Began(1, B, 0, 3), Outcome(0, "is stored")]);
        Assert.NotEmpty(HistoryChecker.Check(HistoryReader.Read([.. before, .. after])));
        Assert.Empty(HistoryChecker.Check(HistoryReader.Read([.. before, .. after]), rollbacks: [rollback]));
        var other = Log([Outcome(0, "is stored", "ffff")]);
        Assert.Equal("one outcome", Assert.Single(HistoryChecker.Check(HistoryReader.Read([.. before, .. other]), rollbacks: [rollback])).Rule);
    }

    [Fact]
    public void A_stale_message_that_is_refused_is_read_and_breaks_nothing()
    {
        var events = HistoryReader.Read(Log([.. Clean, $"cell refused CheckpointUploaded of token {A}; current is {C}"]));
        Assert.Equal(("CheckpointUploaded", A), Assert.Single(events.OfType<HistoryEvent.StaleRefused>()) is var r ? (r.Message, r.Token) : default);
        Assert.Empty(HistoryChecker.Check(events));
    }

    private static string Began(int attempt, string token, long step, int row) => $"cell began attempt {attempt} under token {token} from step {step}; row {row:D4}";

    private static string Taken(int number, string token, long step, int row) => $"cell took checkpoint {number} of token {token} at step {step}; row {row:D4}";

    private static string End(string end, string token, long step, int row) => $"cell took end {end} of token {token} at step {step}; row {row:D4}";

    private static string Step(string token, long step) => $"cell: token {token} is at step {step}";

    private static string Outcome(int replica, string how, string digest = Digest) => $"cell: outcome of replica {replica} {how}, {digest}";

    private static DateTimeOffset At(int second) => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(second);

    private List<string> Log(IEnumerable<string> words) =>
        [.. words.Select(w => string.Create(CultureInfo.InvariantCulture, $"{At(second++):yyyy-MM-dd'T'HH:mm:ss.fff'Z'} dbug: SmallBatch.Some.Category[0] {w}"))];
}
