using Microsoft.Extensions.Time.Testing;
using SmallBatch.Silo.Trainers;

namespace SmallBatch.Silo.Tests;

public sealed class ProgressWatchTests
{
    private readonly FakeTimeProvider time = new();
    private readonly ProgressWatch watch;

    public ProgressWatchTests() => watch = new(TimeSpan.FromSeconds(120), time);

    [Fact]
    public void One_that_does_not_begin_hangs_after_the_floor()
    {
        Pass(119);
        Assert.Equal(1, watch.Left.TotalSeconds);
        Pass(1);
        Assert.Equal((TimeSpan.Zero, "it did not begin within 120 s"), (watch.Left, watch.Hanging));
    }

    [Fact]
    public void Loading_its_data_is_no_step()
    {
        Pass(100);
        watch.Started(0);
        Assert.Equal(120, watch.Left.TotalSeconds);
        Pass(2);
        watch.Saw(1000);
        Assert.Equal(120, watch.Limit.TotalSeconds);
    }

    [Fact]
    public void Slow_steps_are_given_ten_times_as_long_as_the_slowest()
    {
        watch.Started(7);
        Pass(90);
        watch.Saw(8);
        Pass(30);
        watch.Saw(9);
        Assert.Equal(900, watch.Left.TotalSeconds);
        Pass(900);
        Assert.Equal((TimeSpan.Zero, "it made no progress for 900 s after step 9 (its slowest step took 90 s)"), (watch.Left, watch.Hanging));
    }

    [Fact]
    public void A_word_of_the_same_step_is_no_progress_and_a_batch_between_steps_is()
    {
        watch.Started(0);
        watch.Saw(5);
        Pass(100);
        watch.Saw(5);
        watch.Saw(4);
        Assert.Equal(20, watch.Left.TotalSeconds);
        watch.Saw(5, batchesBetween: 10);
        Assert.Equal(120, watch.Left.TotalSeconds);
        Pass(100);
        watch.Saw(5, batchesBetween: 10);
        Assert.Equal(20, watch.Left.TotalSeconds);
    }

    private void Pass(double seconds) => time.Advance(TimeSpan.FromSeconds(seconds));
}
