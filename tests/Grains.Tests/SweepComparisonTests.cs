using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Results;
using SmallBatch.Grains.Checkpoints;
using SmallBatch.Grains.Configurations;
using SmallBatch.Grains.Results;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Grains.Verification;
using SmallBatch.Specs.Outcomes;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Tests;

public sealed class SweepComparisonTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;
    private static readonly SweepPlan Plan = SmallSweep.Plan();
    private static readonly SweepState State = new() { SweepId = "s-1", ControlVersion = 1, CompletedAt = Start, Decisions = [new(8, 2, "2^-5")] };
    private static readonly StoredSweep Clean = Stored(State);
    private static readonly StoredSweep Goes = Stored(State with { CompletedAt = null }) with { Indexed = true };
    private static readonly string First = Clean.Configurations[0].Planned.Key;

    [Fact]
    public void A_sweep_whose_rows_blobs_and_state_agree_is_clean()
    {
        Assert.Empty(SweepComparison.Of(Clean));
        Assert.Empty(SweepComparison.Of(Goes));
        Assert.Empty(SweepComparison.Of(Goes with { Results = [], Attempts = [], Logs = [], Rows = Clean.Rows.ToDictionary(r => r.Key, _ => Row(new())), State = Goes.State with { Decisions = [] } }));
    }

    [Fact]
    public void A_lost_result_row_is_named_with_its_replica() =>
        Named(Clean with { Results = [.. Clean.Results.Where(r => r.ConfigurationKey != First || r.Replica != 1)] }, First, "the sweep is completed, and the result rows of replicas [1] are missing");

    [Fact]
    public void A_result_row_of_nobody_is_named() =>
        Named(Clean with { Results = [.. Clean.Results, Clean.Results[0] with { ConfigurationKey = "s-1.m=9.x", SettingsHash = "x" }] }, "SmallBatchResults Grid.x.0000", "its configuration s-1.m=9.x is none of the sweep's");

    [Fact]
    public void A_result_row_of_other_settings_replicas_or_updates_is_named()
    {
        Result(r => r with { SettingsHash = new string('0', 64) }, "it is of settings 000000000000, and the sweep plans");
        Result(r => r with { Replica = 7 }, "it is of replica 7, and the sweep plans 0 to 1");
        Result(r => r with { Payload = Payload(r.Replica, 15, 8, 16) }, "it is of 15 updates, and the sweep plans 16");
    }

    [Fact]
    public void A_curve_that_is_out_of_order_or_too_short_is_named()
    {
        Result(r => r with { Payload = Payload(r.Replica, 16, 16, 8) }, "its curve is not in order");
        Result(r => r with { Payload = Payload(r.Replica, 16, 8) }, "its curve ends at update 8, and the sweep plans 16");
    }

    [Fact]
    public void A_row_that_cannot_be_read_is_named() =>
        Named(Clean with { Damaged = [new("SmallBatchAttempts", "Grid.x", "no JSON")] }, "SmallBatchAttempts Grid.x", "the row cannot be read: no JSON");

    [Fact]
    public void An_attempt_of_nobody_or_without_results_or_results_without_one_are_named()
    {
        Named(Clean with { Attempts = [.. Clean.Attempts, Attempt("s-1.m=9.x", AttemptEnd.Lost)] }, "SmallBatchAttempts s-1.m=9.x", "attempt 1 is of a configuration that is none of the sweep's");
        Named(Clean with { Attempts = [.. Clean.Attempts.Where(a => a.Row.Key != First)] }, First, "its results are stored, and no attempt that completed");
        Named(Goes with { Results = [.. Goes.Results.Where(r => r.ConfigurationKey != First)] }, First, "an attempt completed, and no result row is stored");
    }

    [Fact]
    public void A_configuration_given_up_by_its_row_or_by_its_attempts_alone_is_named()
    {
        var without = Goes with { Results = [.. Goes.Results.Where(r => r.ConfigurationKey != First)], Attempts = [.. Goes.Attempts.Where(a => a.Row.Key != First)] };
        var failed = Row(new() { Order = Order(First), Attempt = 1, FailedBecause = "it died\nlog" });
        Named(With(without, First, failed), First, "its row says that it was given up (it died), and no attempt does");
        Named(without with { Attempts = [.. without.Attempts, Attempt(First, AttemptEnd.Crashed, "it died")] }, First, "an attempt says that it was given up, and its row does not");
        Assert.Empty(SweepComparison.Of(With(without with { Attempts = [.. without.Attempts, Attempt(First, AttemptEnd.Crashed, "it died")] }, First, failed)));
    }

    [Fact]
    public void A_row_that_trains_on_though_its_results_are_stored_is_named_once_the_sweep_is_over()
    {
        var trains = Row(Clean.Rows[First].State with { Phase = AttemptPhase.Training });
        Named(With(Clean, First, trains), First, "its results are stored, and its row still trains or refers to checkpoints");
        Assert.Empty(SweepComparison.Of(With(Goes, First, trains)));
    }

    [Fact]
    public void A_row_that_does_not_know_of_the_cancel_is_named()
    {
        var cancelled = Clean with { State = State with { CompletedAt = null, Cancelled = true, ControlVersion = 2 }, Results = [.. Clean.Results.Where(r => r.ConfigurationKey != First)] };
        Named(cancelled, First, "its sweep is cancelled, and its row does not know (control version 1, wanted 2)");
        Assert.Empty(SweepComparison.Of(With(cancelled, First, Row(Clean.Rows[First].State with { Cancelled = true, ControlVersion = 2 }))));
    }

    [Fact]
    public void A_row_or_a_log_of_nobody_and_a_lease_that_outlives_the_sweep_are_named()
    {
        Named(With(Clean, "s-1.m=9.x", Row(new() { Order = Order("s-1.m=9.x") })), "s-1.m=9.x", "it has a row, and is none of the sweep's configurations");
        Named(Clean with { Logs = [$"{First}/000001.log", $"{First}/000002.log"] }, $"{First}/000002.log", "it is the log of an attempt that its configuration's row does not know");
        Named(Clean with { Leases = [new(First, Token(3), "host", "cpu/0", "cpu")] }, First, "cpu/0 of host is leased to it, and its sweep is over");
    }

    [Fact]
    public void A_checkpoint_that_is_gone_damaged_an_orphan_or_none_is_named()
    {
        var name = new CheckpointName(First, Token(1), 8).ToString();
        var without = Goes with { Results = [.. Goes.Results.Where(r => r.ConfigurationKey != First)], Attempts = [.. Goes.Attempts.Where(a => a.Row.Key != First)] };
        var refers = With(without, First, Row(Clean.Rows[First].State with { Checkpoints = [new(new(name, 8, new string('a', 64)), Start)] }));
        Named(refers, First, "its row refers to the checkpoint at step 8, and that blob is not there");
        var there = refers with { Checkpoints = [new(name, Start, 1)], Hashes = new Dictionary<string, string> { [name] = new('b', 64) } };
        Named(there, name, "its SHA-256 begins with bbbbbbbbbbbb, and its configuration's row says aaaaaaaaaaaa");
        Assert.Empty(SweepComparison.Of(there with { Hashes = new Dictionary<string, string> { [name] = new('a', 64) } }));
        Named(Clean with { Checkpoints = [new(name, Start, 1)] }, name, "no row refers to this checkpoint, and its sweep is over");
        Assert.Empty(SweepComparison.Of(Clean with { Checkpoints = [new(name, Start, 1)], JustCompleted = true }));
        Assert.Empty(SweepComparison.Of(Clean with { Checkpoints = [new(name, Start + TimeSpan.FromHours(1), 1)] }));
        Named(Clean with { Checkpoints = [new($"{First}/notes.txt", Start, 1)] }, $"{First}/notes.txt", "it lies among the checkpoints, and its name is none");
    }

    [Fact]
    public void A_sweep_that_nobody_wakes_or_that_confirms_another_rate_than_its_rows_choose_is_named()
    {
        Named(Clean with { Indexed = null }, "s", "the index of sweeps does not have it");
        Named(Goes with { Indexed = false }, "s", "the index of sweeps takes it for one that is over, and it is not");
        var other = Stored(State with { Decisions = [new(8, 2, "2^-7")] });
        Named(other, "s", "it confirms η̃ = 2^-7 at m = 8, and the result rows choose 2^-5");
    }

    private static void Result(Func<ResultRow, ResultRow> change, string what)
    {
        var changed = change(Clean.Results[0]);
        var found = SweepComparison.Of(Clean with { Results = [changed, .. Clean.Results.Skip(1)] });
        Assert.Contains(found, d => d.Where == $"SmallBatchResults {changed.RowKey}" && d.What.StartsWith(what, StringComparison.Ordinal));
    }

    private static void Named(StoredSweep sweep, string where, string what)
    {
        var found = Assert.Single(SweepComparison.Of(sweep));
        Assert.Equal((where, what), (found.Where, found.What));
        Assert.NotEmpty(found.Remedy);
    }

    private static StoredSweep With(StoredSweep sweep, string key, StoredConfiguration row) =>
        sweep with { Rows = new Dictionary<string, StoredConfiguration>(sweep.Rows) { [key] = row } };

    private static StoredSweep Stored(SweepState state)
    {
        var configurations = SweepConfigurations.Of(Plan, state);
        return new("s", state, Plan)
        {
            Configurations = configurations,
            Known = SweepConfigurations.Possible(Plan, state),
            Rows = configurations.ToDictionary(c => c.Planned.Key, c => Row(new() { Order = Order(c.Planned.Key), ControlVersion = 1, Attempt = 1, Lease = new(c.Planned.Key, Token(1), "host", "cpu/0", "cpu") })),
            Attempts = [.. configurations.Select(c => Attempt(c.Planned.Key, AttemptEnd.Completed))],
            Results =
            [
                .. configurations.SelectMany(c => Enumerable.Range(0, c.Planned.Replicas).Select(r => new ResultRow(
                    c.Planned.Key, c.Planned.Stage, 8, c.Planned.BaseLearningRate, c.Planned.SettingsHash, r, Payload(r, 16, 8, 16) is var payload && c.Planned.BaseLearningRate == "2^-5" ? payload.Replace("0.5", "0.75", StringComparison.Ordinal) : payload))),
            ],
            Logs = [$"{configurations[0].Planned.Key}/000001.log"],
            Indexed = false,
            SpareFor = TimeSpan.FromMinutes(1),
        };
    }

    private static string Payload(int replica, long updates, params long[] steps) =>
        new OutcomeDocument(replica, "trained", null, 0.5, 0.5, 1, 1, updates, null, [.. steps.Select((s, i) => new OutcomePoint(i + 1, s, 1, 0.5, 1, 0.5))]).Write();

    private static StoredConfiguration Row(ConfigurationState state) => new(state, Start, Start + TimeSpan.FromHours(1));

    private static QueueOrder Order(string key) => new(new(key, "s", "s-1", Stage.Grid, 8, "2^-7", 2, "hash", "{}", 1, 60), 1, "c", 0, 0, 0);

    private static (RunRow Row, string? FailedBecause) Attempt(string key, AttemptEnd end, string? failedBecause = null) =>
        (new(key, Stage.Grid, 8, "2^-7", new(1, Token(1).ToString(), "host", "cpu", Start, Start, end, null, 1, 0, 16)), failedBecause);

    private static LeaseToken Token(long sequence) => new(1, sequence, Guid.Empty);
}
