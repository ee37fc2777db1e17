using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.Checkpoints;
using SmallBatch.Grains.Configurations;

namespace SmallBatch.Grains.Tests;

public sealed class CollectionPolicyTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;
    private static readonly TimeSpan SpareFor = TimeSpan.FromMinutes(1);
    private static readonly ConfigurationState Trains = new()
    {
        Lease = new("k", Token(2), "host", "cpu", "cpu/0"),
        Attempt = 2,
        Phase = AttemptPhase.Training,
        Checkpoints = [new(new(Name(1, 40), 40, "sha"), Start)],
    };

    private static readonly ConfigurationState Done = ConfigurationTransitions.Recorded(Trains, Start);

    [Fact]
    public void What_the_row_refers_to_stays_however_old()
    {
        Assert.Equal(BlobFate.Referenced, Judge(Name(1, 40), Trains, seconds: 10_000));
        Assert.Equal(BlobFate.Garbage, Judge(Name(1, 20), Trains, seconds: 10_000));
    }

    [Fact]
    public void What_bears_the_current_token_may_be_on_its_way_and_stays_until_the_lease_is_over()
    {
        Assert.Equal(BlobFate.Current, Judge(Name(2, 60), Trains, seconds: 10_000));
        Assert.Equal(BlobFate.Garbage, Judge(Name(2, 60), Trains with { Phase = AttemptPhase.None }, seconds: 10_000));
    }

    [Theory]
    [InlineData(59, BlobFate.Young)]
    [InlineData(60, BlobFate.Garbage)]
    public void A_blob_stays_that_was_written_less_than_a_minute_before_the_row_was_read(int seconds, object fate) =>
        Assert.Equal(fate, Judge(Name(3, 60), Trains, seconds));

    [Theory]
    [InlineData(59, BlobFate.Young)]
    [InlineData(60, BlobFate.Garbage)]
    public void What_a_row_lets_go_of_outlives_it_by_a_minute(int seconds, object fate)
    {
        var row = new StoredConfiguration(Done, Start, Start + TimeSpan.FromSeconds(seconds));
        Assert.Equal(fate, CollectionPolicy.Judge(new(Name(1, 40), DateTimeOffset.MinValue, 1), row, SpareFor));
    }

    [Fact]
    public void A_cancelled_configuration_resumes_from_nothing()
    {
        var cancelled = ConfigurationTransitions.Halted(Trains, new(2, SweepHalt.Cancel), Start)!;
        Assert.Equal(BlobFate.Garbage, Judge(Name(1, 40), cancelled, seconds: 10_000));
        var paused = ConfigurationTransitions.Halted(Trains, new(2, SweepHalt.Pause), Start)!;
        Assert.Equal(BlobFate.Referenced, Judge(Name(1, 40), paused, seconds: 10_000));
    }

    [Fact]
    public void A_configuration_without_a_row_owns_nothing() =>
        Assert.Equal(BlobFate.Garbage, Judge(Name(1, 40), new(), seconds: 10_000));

    [Theory]
    [InlineData("k/notes.txt")]
    [InlineData("k/0000000001-0000000001-00000000000000000000000000000001-000000000040.safetensors.bak")]
    public void What_is_no_checkpoint_by_name_is_left_to_whoever_put_it_there(string name) =>
        Assert.Equal(BlobFate.Foreign, Judge(name, Done, seconds: 10_000));

    [Fact]
    public void A_name_is_read_as_it_was_written()
    {
        var name = new CheckpointName("s-1.m=8.lr=2^-9.0123456789ab", new(3, 12_345_678_901, Guid.NewGuid()), 4_000_000_000_000);
        Assert.Equal(name, CheckpointName.Parse(name.ToString()));
    }

    private static BlobFate Judge(string name, ConfigurationState state, int seconds) =>
        CollectionPolicy.Judge(new(name, Start, 1), new(state, DateTimeOffset.MinValue, Start + TimeSpan.FromSeconds(seconds)), SpareFor);

    private static string Name(long sequence, long step) => new CheckpointName("k", Token(sequence), step).ToString();

    private static LeaseToken Token(long sequence) => new(1, sequence, new Guid((int)sequence, 0, 0, new byte[8]));
}
