using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.Configurations;

namespace SmallBatch.Grains.Tests;

public sealed class ConfigurationTransitionsTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly ConfigurationJob Job = new("k", "s", "s-1", Stage.Grid, 8, "2^-9", 3, "hash", "{}", 1, 60);
    private readonly ConfigurationState trains = Offer(Order(new()), 1);

    [Fact]
    public void A_stale_token_is_refused_at_checkpoint_outcome_and_loss()
    {
        var state = Offer(trains, 2);
        Assert.Null(ConfigurationTransitions.Checkpointed(state, Checkpoint(1, 1), Now));
        Assert.Null(ConfigurationTransitions.Ended(state, End(1, AttemptEnd.Completed), Now));
        Assert.Null(ConfigurationTransitions.Lost(state, Token(1), "late", Now));
        Assert.False(state.IsCurrent(Token(1)));
    }

    [Fact]
    public void An_offer_is_declined_unless_its_token_is_higher()
    {
        Assert.Same(trains, ConfigurationTransitions.Offered(trains, Lease(1), recorded: false, Now));
        Assert.Null(ConfigurationTransitions.Offered(Offer(trains, 3), Lease(2), recorded: false, Now));
        Assert.Null(ConfigurationTransitions.Offered(trains, Lease(2), recorded: true, Now));
        Assert.Equal(2, Offer(trains, 2).Attempt);
    }

    [Fact]
    public void Checkpoints_count_in_order_only()
    {
        var state = ConfigurationTransitions.Checkpointed(trains, Checkpoint(1, 2), Now)!;
        Assert.Null(ConfigurationTransitions.Checkpointed(state, Checkpoint(1, 1), Now));
        Assert.Null(ConfigurationTransitions.Checkpointed(state, Checkpoint(1, 2) with { BlobName = "another" }, Now));
        Assert.Equal(20, state.Checkpoints[0].Reference.Step);
    }

    [Fact]
    public void A_checkpoint_told_twice_counts_once_and_is_not_refused()
    {
        var state = ConfigurationTransitions.Checkpointed(trains, Checkpoint(1, 2), Now)!;
        Assert.Same(state, ConfigurationTransitions.Checkpointed(state, Checkpoint(1, 2), Now + TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void One_that_gave_its_slot_away_waits_again_says_to_whom_and_counts_as_no_death()
    {
        var gave = ConfigurationTransitions.Ended(trains, End(1, AttemptEnd.Stopped) with { Reason = "gave its slot to team astro", Step = 30 }, Now)!;
        Assert.Equal((StoryKind.GaveWay, "gave its slot to team astro; stopped at step 30"), (gave.Story[^1].Kind, gave.Story[^1].What));
        Assert.True(ConfigurationTransitions.Wants(gave, recorded: false));
        Assert.Equal((0, 0), (gave.Crashes, gave.DiedOn.Length));
        Assert.Equal("gave its slot to team astro; stopped at step 30; place 2", ConfigurationTransitions.WhyWaiting(gave, "place 2"));
        Assert.Null(ConfigurationTransitions.WhyWaiting(gave, null));
        Assert.Equal("place 2", ConfigurationTransitions.WhyWaiting(trains, "place 2"));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(7)]
    [InlineData(45)]
    public void However_often_checkpoints_are_written_few_stay_and_a_store_that_loses_a_minute_still_has_one(double seconds)
    {
        var states = new List<(DateTimeOffset At, ConfigurationState State)> { (Now, trains) };
        for (var i = 1; i <= 400; i++)
        {
            var at = Now + TimeSpan.FromSeconds(seconds * i);
            states.Add((at, ConfigurationTransitions.Checkpointed(states[^1].State, Checkpoint(1, i), at)!));
            Assert.InRange(states[^1].State.Checkpoints.Length, 1, 15);
            foreach (var (then, lost) in states.Skip(1).Where(s => at - s.At <= TimeSpan.FromMinutes(1)))
            {
                var left = lost.Checkpoints.Intersect(states[^1].State.Checkpoints).Max(c => c.CommittedAt);
                Assert.InRange(then - left, TimeSpan.Zero, TimeSpan.FromSeconds(10));
            }
        }
    }

    [Fact]
    public void A_checkpoint_is_dropped_only_when_two_newer_ones_exist_and_the_older_of_those_is_a_minute_old()
    {
        var state = trains;
        var kept = new List<int>();
        for (var i = 1; i <= 4; i++)
        {
            state = ConfigurationTransitions.Checkpointed(state, Checkpoint(1, i), Now + TimeSpan.FromSeconds(40 * i))!;
            kept.Add(state.Checkpoints.Length);
        }

        Assert.Equal([1, 2, 3, 3], kept);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_clock_that_jumps_an_hour_and_back_drops_neither_of_the_two_newest_checkpoints_and_keeps_no_more_than_five(int hours)
    {
        var state = trains;
        for (var i = 1; i <= 12; i++)
        {
            var jump = i is >= 4 and < 8 ? TimeSpan.FromHours(hours) : TimeSpan.Zero;
            state = ConfigurationTransitions.Checkpointed(state, Checkpoint(1, i), Now + TimeSpan.FromSeconds(20 * i) + jump)!;
            Assert.Equal(Enumerable.Range(Math.Max(1, i - 1), Math.Min(i, 2)).Reverse().Select(n => 10L * n), state.Checkpoints.Take(2).Select(c => c.Reference.Step));
            Assert.InRange(state.Checkpoints.Length, 1, 5);
        }
    }

    [Fact]
    public void A_cancelled_cell_takes_no_offer_and_no_late_word()
    {
        var state = ConfigurationTransitions.Halted(trains, new(2, SweepHalt.Cancel), Now)!;
        Assert.Null(ConfigurationTransitions.Offered(state, Lease(9), recorded: false, Now));
        Assert.Null(ConfigurationTransitions.Ended(state, End(1, AttemptEnd.Completed), Now));
        Assert.Null(ConfigurationTransitions.Ordered(state, new QueueOrder(Job, 1, "c", 0, 0, 0), Now));
    }

    [Fact]
    public void A_cell_that_runs_nothing_writes_the_control_version_down_too()
    {
        var state = ConfigurationTransitions.Halted(new(), new(2, SweepHalt.Cancel), Now)!;
        Assert.Equal((2L, true), (state.ControlVersion, state.Cancelled));
        Assert.Null(ConfigurationTransitions.Ordered(state, new QueueOrder(Job, 1, "c", 0, 0, 0), Now));
    }

    [Fact]
    public void A_paused_cell_keeps_its_lease_until_its_last_checkpoint_and_takes_no_other_until_it_is_ordered_again()
    {
        var paused = ConfigurationTransitions.Halted(trains, new(2, SweepHalt.Pause), Now)!;
        Assert.False(ConfigurationTransitions.Wants(paused, recorded: false));
        Assert.True(ConfigurationTransitions.Asks(paused, recorded: false));
        var stored = ConfigurationTransitions.Checkpointed(paused, Checkpoint(1, 4), Now)!;
        var stopped = ConfigurationTransitions.Ended(stored, End(1, AttemptEnd.Stopped), Now)!;
        Assert.False(ConfigurationTransitions.Asks(stopped, recorded: false));
        Assert.Null(ConfigurationTransitions.Offered(stopped, Lease(2), recorded: false, Now));
        Assert.Null(ConfigurationTransitions.Ordered(stopped, new(Job, 1, "c", 0, 0, 0), Now));
        var resumed = Offer(ConfigurationTransitions.Ordered(stopped, new(Job, 3, "c", 0, 0, 0), Now)!, 2);
        Assert.Equal((AttemptPhase.Training, 40L), (resumed.Phase, resumed.ResumedFromStep));
    }

    [Fact]
    public void A_paused_cell_whose_lease_the_pool_refuses_to_know_has_lost_it()
    {
        var paused = ConfigurationTransitions.Halted(trains, new(2, SweepHalt.Pause), Now)!;
        Assert.Equal(AttemptPhase.None, ConfigurationTransitions.Answered(paused, RequestState.Refused, Now)!.Phase);
        Assert.Null(ConfigurationTransitions.Answered(paused, RequestState.Holds, Now));
    }

    [Fact]
    public void What_was_given_up_is_tried_again_in_a_later_generation_only()
    {
        var failed = Crash(Crash(Crash(trains, 1), 2), 3);
        Assert.NotNull(ConfigurationTransitions.Ordered(failed, new(Job, 2, "c", 0, 0, 0), Now)!.FailedBecause);
        var again = ConfigurationTransitions.Ordered(failed, new(Job, 2, "c", 0, 0, 1), Now)!;
        Assert.Equal((null, 0, 1), (again.FailedBecause, again.Crashes, again.Generation));
        Assert.True(ConfigurationTransitions.Wants(again, recorded: false));
    }

    [Fact]
    public void The_story_is_told_in_order_with_times_attempts_and_hosts_and_stays_short_however_many_checkpoints_there_are()
    {
        var state = ConfigurationTransitions.Started(trains, Token(1), Now)!;
        Assert.Null(ConfigurationTransitions.Started(state, Token(1), Now));
        for (var i = 1; i <= 1000; i++)
        {
            state = ConfigurationTransitions.Checkpointed(state, Checkpoint(1, i), Now + TimeSpan.FromMinutes(i))!;
        }

        state = Offer(ConfigurationTransitions.Lost(state, Token(1), "its host is silent", Now + TimeSpan.FromMinutes(1001))!, 2);
        state = ConfigurationTransitions.Started(state, Token(2), Now)!;
        state = ConfigurationTransitions.Ended(state, End(2, AttemptEnd.Completed) with { ResumedFromStep = 9990 }, Now)!;
        state = ConfigurationTransitions.Recorded(state, Now);
        Assert.Equal(
            [
                (StoryKind.Queued, 0, "queued"),
                (StoryKind.Granted, 1, $"granted {trains.Lease!.Slot}"),
                (StoryKind.Started, 1, "started from the beginning"),
                (StoryKind.Checkpointed, 1, "checkpoint 1000 of this attempt, at step 10000"),
                (StoryKind.Lost, 1, "lost: its host is silent"),
                (StoryKind.Granted, 2, $"granted {trains.Lease.Slot}"),
                (StoryKind.Started, 2, "started, to resume at step 10000"),
                (StoryKind.Ended, 2, $"trained to step {End(2, AttemptEnd.Completed).Step}; it could resume at step 9990 only"),
                (StoryKind.Done, 0, "done: its rows are stored"),
            ],
            state.Story.Select(e => (e.Kind, e.Attempt, e.What)));
        Assert.Equal(Now + TimeSpan.FromMinutes(1000), state.Story[3].At);
        Assert.All(state.Story, e => Assert.Equal(e.Attempt == 0 ? null : trains.Lease.Host, e.Host));
    }

    [Fact]
    public void An_outcome_told_twice_is_recorded_again_and_not_refused()
    {
        var once = ConfigurationTransitions.Ended(trains, End(1, AttemptEnd.Completed), Now)!;
        Assert.Equal(AttemptPhase.Recording, once.Phase);
        Assert.NotNull(ConfigurationTransitions.Ended(once, End(1, AttemptEnd.Completed), Now));
    }

    [Fact]
    public void An_outcome_that_lacks_a_replica_is_never_recorded()
    {
        var state = ConfigurationTransitions.Ended(trains, End(1, AttemptEnd.Completed, outcomes: 2), Now)!;
        Assert.Equal(AttemptPhase.None, state.Phase);
        Assert.Contains("wanted 0 to 2", state.FailedBecause, StringComparison.Ordinal);
    }

    [Fact]
    public void Three_deaths_within_one_checkpoint_interval_are_a_failure_and_a_checkpoint_forgives_them()
    {
        var state = Crash(Crash(trains, 1), 2);
        Assert.NotNull(Crash(state, 3).FailedBecause);
        state = ConfigurationTransitions.Checkpointed(Offer(state, 3), Checkpoint(3, 1), Now)!;
        Assert.Null(ConfigurationTransitions.Ended(state, End(3, AttemptEnd.Crashed), Now)!.FailedBecause);
    }

    [Fact]
    public void After_two_deaths_however_far_apart_it_says_where_and_its_story_says_what_follows()
    {
        var once = Crash(trains, 1);
        Assert.Empty(ConfigurationTransitions.AvoidHosts(once));
        var between = ConfigurationTransitions.Checkpointed(Offer(once, 2), Checkpoint(2, 1), Now)!;
        var twice = Crash(between, 2);
        Assert.Equal(["h", "h"], ConfigurationTransitions.AvoidHosts(twice));
        Assert.Equal("trainer died: why; from now on it trains alone, on another host where there is one", twice.Story[^1].What);
    }

    [Fact]
    public void A_lost_lease_is_no_death_of_the_trainer()
    {
        var state = trains;
        for (var i = 2; i < 10; i++)
        {
            state = Offer(ConfigurationTransitions.Lost(state, Token(i - 1), "its host died", Now)!, i);
        }

        Assert.Equal((0, null, 0), (state.Crashes, state.FailedBecause, state.DiedOn.Length));
    }

    [Fact]
    public void However_an_attempt_ends_its_record_stays_with_the_state_until_the_aggregator_has_it()
    {
        var trained = ConfigurationTransitions.Checkpointed(trains, Checkpoint(1, 2), Now)!;
        ConfigurationState[] ends =
        [
            ConfigurationTransitions.Ended(trained, End(1, AttemptEnd.Stopped), Now)!,
            ConfigurationTransitions.Ended(trained, End(1, AttemptEnd.Crashed), Now)!,
            ConfigurationTransitions.Ended(trained, End(1, AttemptEnd.Refused), Now)!,
            ConfigurationTransitions.Ended(trained, End(1, AttemptEnd.Lost), Now)!,
            ConfigurationTransitions.Ended(trained, End(1, AttemptEnd.Completed, outcomes: 2), Now)!,
            ConfigurationTransitions.Lost(trained, Token(1), "its host died", Now)!,
            ConfigurationTransitions.Halted(trained, new(2, SweepHalt.Cancel), Now)!,
            Offer(trained, 2),
        ];
        Assert.Equal(
            [
                (AttemptEnd.Stopped, "why", 1L), (AttemptEnd.Crashed, "why", 1), (AttemptEnd.Refused, "why", 1), (AttemptEnd.Lost, "why", 1), (AttemptEnd.Completed, "why", 1),
                (AttemptEnd.Lost, "its host died", 20), (AttemptEnd.Stopped, "its sweep was cancelled", 0), (AttemptEnd.Lost, "the pool gave it another slot", 20),
            ],
            ends.Select(e => e.Untold.Single()).Select(r => (r.End, r.Reason, r.ReachedStep)));
        Assert.All(ends, e => Assert.Equal((1, Token(1).ToString(), "h"), (e.Untold[0].Attempt, e.Untold[0].Token, e.Untold[0].Host)));

        // An outcome goes with its record in one message, and says for itself whether it was stored.
        Assert.Empty(ConfigurationTransitions.Ended(trained, End(1, AttemptEnd.Completed), Now)!.Untold);
        Assert.Empty(ConfigurationTransitions.Halted(trained, new(2, SweepHalt.Pause), Now)!.Untold);
        var twice = ConfigurationTransitions.Lost(ends[^1], Token(2), "its host died", Now)!;
        Assert.Equal([1, 2], twice.Untold.Select(r => r.Attempt));
        Assert.Equal([2], AttemptRecords.Told(twice, ends[^1].Untold).Untold.Select(r => r.Attempt));
    }

    private static ConfigurationState Order(ConfigurationState state) => ConfigurationTransitions.Ordered(state, new(Job, 1, "c", 0, 0, 0), Now)!;

    private static ConfigurationState Offer(ConfigurationState state, int sequence) => ConfigurationTransitions.Offered(state, Lease(sequence), recorded: false, Now)!;

    private static ConfigurationState Crash(ConfigurationState state, int sequence)
    {
        var current = state.Token == Token(sequence) ? state : Offer(state, sequence);
        return ConfigurationTransitions.Ended(current, End(sequence, AttemptEnd.Crashed), Now)!;
    }

    private static LeaseToken Token(int sequence) => new(1, sequence, Guid.Empty);

    private static Lease Lease(int sequence) => new("k", Token(sequence), "h", "cpu-0", "cpu");

    private static CheckpointReport Checkpoint(int sequence, int number) => new("k", Token(sequence), number, $"b{number}", 10 * number, "sha", 1);

    private static AttemptReport End(int sequence, AttemptEnd end, int outcomes = 3) =>
        new("k", Token(sequence), end, "why", end == AttemptEnd.Completed ? [.. Enumerable.Range(0, outcomes).Select(r => new ReplicaOutcome(r, "{}"))] : [], 1, 1);
}
