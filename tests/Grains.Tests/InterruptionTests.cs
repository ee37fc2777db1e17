using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.Configurations;

namespace SmallBatch.Grains.Tests;

/// <summary>What an attempt makes up for, as its configuration's story tells it.</summary>
public sealed class InterruptionTests
{
    private static readonly DateTimeOffset Then = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset Later = Then + TimeSpan.FromSeconds(7);
    private static readonly ConfigurationJob Job = new("k", "s", "s-1", Stage.Grid, 8, "2^-9", 1, "hash", "{}", 1, 60);
    private readonly ConfigurationState trains = Offer(Order(new(), 1), 1, Then);

    [Fact]
    public void The_first_attempt_makes_up_for_nothing() => Assert.Null(Interruption.Before(trains));

    [Fact]
    public void The_attempt_after_a_lost_one_makes_up_for_the_time_since_that_was_noticed()
    {
        var lost = ConfigurationTransitions.Lost(trains, Token(1), "its host died", Then)!;
        Assert.Equal(new(StoryKind.Lost, Then), Interruption.Before(Offer(lost, 2, Later)));
    }

    [Fact]
    public void So_does_the_attempt_after_a_death_and_what_it_does_itself_changes_nothing_of_that()
    {
        var died = ConfigurationTransitions.Ended(trains, new("k", Token(1), AttemptEnd.Crashed, "why", [], 1, 1), Then)!;
        var next = ConfigurationTransitions.Started(Offer(died, 2, Later), Token(2), Later)!;
        Assert.Equal(new(StoryKind.Ended, Then), Interruption.Before(next));
        Assert.Equal(new(StoryKind.Ended, Then), Interruption.Before(ConfigurationTransitions.Checkpointed(next, new("k", Token(2), 1, "b", 10, "sha", 1), Later)!));
    }

    [Fact]
    public void A_pause_is_no_interruption()
    {
        var paused = ConfigurationTransitions.Halted(trains, new(2, SweepHalt.Pause), Then)!;
        var stopped = ConfigurationTransitions.Ended(paused, new("k", Token(1), AttemptEnd.Stopped, null, [], 1, 1), Then)!;
        Assert.Null(Interruption.Before(Offer(Order(stopped, 3), 2, Later)));
    }

    [Fact]
    public void Nor_is_a_slot_that_was_given_to_another_team()
    {
        var gave = ConfigurationTransitions.Ended(trains, new("k", Token(1), AttemptEnd.Stopped, "gave its slot to team astro", [], 1, 1), Then)!;
        Assert.Null(Interruption.Before(Offer(gave, 2, Later)));
    }

    private static ConfigurationState Order(ConfigurationState state, long version) => ConfigurationTransitions.Ordered(state, new(Job, version, "c", 0, 0, 0), Then)!;

    private static ConfigurationState Offer(ConfigurationState state, int sequence, DateTimeOffset at) =>
        ConfigurationTransitions.Offered(state, new("k", Token(sequence), "h", "cpu-0", "cpu"), recorded: false, at)!;

    private static LeaseToken Token(int sequence) => new(1, sequence, Guid.Empty);
}
