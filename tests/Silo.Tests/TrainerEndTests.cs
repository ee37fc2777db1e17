using SmallBatch.Silo.Trainers;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Silo.Tests;

public sealed class TrainerEndTests
{
    [Theory]
    [InlineData(128 + 9)]
    [InlineData(128 + 15)]
    [InlineData(128 + 2)]
    public void A_kill_from_outside_is_not_the_trainer_s_own_doing(int exitCode) => Assert.False(TrainerEnd.Of(7, exitCode, outOfMemory: false, "its last line").ByItself);

    [Theory]
    [InlineData(128 + 6, "signal 6")]
    [InlineData(128 + 11, "signal 11")]
    [InlineData(134, "aborted")]
    [InlineData(1, "exit code 1")]
    [InlineData(0, "exit code 0")]
    public void A_death_by_its_own_code_is(int exitCode, string words)
    {
        var end = TrainerEnd.Of(7, exitCode, outOfMemory: false, "its last line");
        Assert.True(end.ByItself);
        Assert.Contains(words, end.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kill_for_want_of_memory_is_too()
    {
        var end = TrainerEnd.Of(7, 128 + 9, outOfMemory: true, "its last line");
        Assert.True(end is { ByItself: true, OutOfMemory: true });
        Assert.Contains("want of memory", end.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TrainerExit.OutOfDeviceMemory, "out of memory on the device: CUDA out of memory. Tried to allocate 2.00 GiB.")]
    [InlineData(TrainerExit.OutOfHostMemory, "out of memory on the host: 8 bytes too many")]
    [InlineData(TrainerExit.Failed, "InvalidOperationException: what nobody expected")]
    public void A_failure_that_the_trainer_tells_is_told_on_in_its_words(int exitCode, string lastLine)
    {
        var end = TrainerEnd.Of(7, exitCode, outOfMemory: false, lastLine);
        Assert.Equal((true, exitCode != TrainerExit.Failed, false), (end.ByItself, end.OutOfMemory, end.DiskFull));
        Assert.Equal($"trainer process 7 ended: {lastLine}", end.Text);
    }

    [Fact]
    public void A_full_disk_is_not_the_doing_of_what_was_trained() =>
        Assert.Equal(
            new("trainer process 7 ended: no room on the disk: 8 bytes wanted", ByItself: false, DiskFull: true),
            TrainerEnd.Of(7, TrainerExit.DiskFull, outOfMemory: false, "no room on the disk: 8 bytes wanted"));
}
