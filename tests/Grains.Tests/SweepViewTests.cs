using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Results;

namespace SmallBatch.Grains.Tests;

public sealed class SweepViewTests
{
    private static readonly SweepSnapshot Sweep = new("s", "s-1", "", "synthetic", 512, 256, "resnet8", "8 epochs", 1, 0, 4, 0, "c", SweepPhase.Grid, 1, DateTimeOffset.UnixEpoch, null, null);

    [Fact]
    public void One_that_waits_says_when_it_will_have_ended()
    {
        var view = new SweepView { Plan = [Planned("a", 100), Planned("b", 40), Planned("c", 30), Planned("d", 20)] };
        view.Observed(Seen("a", ConfigurationStatus.Training, step: 50));
        view.Observed(Seen("b", ConfigurationStatus.Training, step: 50));
        view.Observed(Seen("c", ConfigurationStatus.Queued, place: 1));
        var eta = view.Status(Sweep, false, slots: 2).Cells.ToDictionary(c => c.Key, c => c.EtaSeconds);

        // Half of a (50 s) and of b (20 s) is left; c takes b's slot, d, not queued yet, whichever is free first then.
        Assert.Equal((50d, 20d, 50d, 70d), (eta["a"], eta["b"], eta["c"], eta["d"]));
    }

    [Fact]
    public void The_time_left_has_the_deviation_of_what_decides_it()
    {
        var view = new SweepView { Plan = [Planned("a", 10), Planned("b", 20), Planned("c", 60)] };
        view.Attempted("a", Completed(24), null);
        Assert.Null(view.Status(Sweep, false, slots: 1).EtaDeviationSeconds);
        view.Attempted("b", Completed(36), null);
        view.Observed(Seen("a", ConfigurationStatus.Cancelled));
        view.Observed(Seen("b", ConfigurationStatus.Cancelled));

        // c alone is as long on any number of slots; with d of the same length on one slot both together.
        var alone = view.Status(Sweep, false, slots: 4);
        Assert.Equal((120, Math.Sqrt(432)), (alone.EtaSeconds!.Value, alone.EtaDeviationSeconds!.Value), Near);
        view.Plan = [.. view.Plan, Planned("d", 60)];
        var shared = view.Status(Sweep, false, slots: 1);
        Assert.Equal((240, Math.Sqrt(2.4 * 120 * 5)), (shared.EtaSeconds!.Value, shared.EtaDeviationSeconds!.Value), Near);
        Assert.Null(view.Status(Sweep with { Phase = SweepPhase.Paused }, false, slots: 1).EtaDeviationSeconds);
    }

    [Fact]
    public void The_time_left_is_until_the_last_slot_is_free()
    {
        var view = new SweepView { Plan = [Planned("a", 100), Planned("b", 40), Planned("c", 30), Planned("d", 20)] };
        view.Observed(Seen("a", ConfigurationStatus.Training, step: 50));
        view.Observed(Seen("b", ConfigurationStatus.Training, step: 50));

        // Half of a (50 s) and of b (20 s) is left; c takes b's slot, d whichever is free first then: the other slot has nothing to do from 50 s on.
        Assert.Equal(70, view.Status(Sweep, false, slots: 2).EtaSeconds);

        // The fresh seeds of the one batch size, as long as one of its cells, take that slot.
        Assert.Equal(150, view.Status(Sweep with { Confirm = 1 }, false, slots: 2).EtaSeconds);

        // What a search has not planned yet is known only in sum.
        Assert.Equal(100, view.Status(Sweep with { UnplannedSeconds = 60 }, false, slots: 2).EtaSeconds);
    }

    [Fact]
    public void Without_a_slot_nothing_is_foretold()
    {
        var view = new SweepView { Plan = [Planned("a", 100)] };
        Assert.Null(Assert.Single(view.Status(Sweep, false, slots: 0).Cells).EtaSeconds);
    }

    [Fact]
    public void Attempts_are_counted_from_what_is_stored_too()
    {
        var view = new SweepView { Plan = [Planned("a", 100)] };
        view.Attempted("a", new(1, "t", "h", "cpu", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, AttemptEnd.Lost, null, 1, 0, 5), null);
        view.Attempted("a", new(2, "t", "h", "cpu", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, AttemptEnd.Lost, null, 1, 0, 5), null);
        Assert.Equal(2, Assert.Single(view.Status(Sweep, false, slots: 1).Cells).Attempt);
    }

    [Fact]
    public void What_its_sweep_s_limit_ended_says_so_and_waits_for_nothing()
    {
        var view = new SweepView { Plan = [Planned("a", 100), Planned("b", 40)] };
        view.Observed(Seen("a", ConfigurationStatus.Training, step: 50));
        var status = view.Status(Sweep with { Phase = SweepPhase.Limited, Reason = "ended by its limit of 5 device-hours, 5.01 were used" }, false, slots: 2);
        Assert.Null(status.EtaSeconds);
        Assert.All(status.Cells, c => Assert.Equal(
            (ConfigurationStatus.Pending, null, "not trained to its end: its sweep was ended by its limit of 5 device-hours, 5.01 were used"), (c.Status, c.EtaSeconds, c.Reason!)));
    }

    private static bool Near((double, double) wanted, (double, double) found) => Math.Abs(wanted.Item1 - found.Item1) < 1e-9 && Math.Abs(wanted.Item2 - found.Item2) < 1e-9;

    private static RunRecord Completed(double seconds) => new(1, "t", "h", "cpu", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, AttemptEnd.Completed, null, seconds, 0, 100);

    private static PlannedConfiguration Planned(string key, double seconds) => new(key, Stage.Grid, 8, "2^-7", "hash", 1, 8, 100, seconds);

    private static CellObservation Seen(string key, ConfigurationStatus status, long step = 0, int place = 0) => new(key, status, 1, "h", "cpu", 0, 0, [], place, null, step);
}
