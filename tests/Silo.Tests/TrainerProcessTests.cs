using System.Collections.Concurrent;
using SmallBatch.Silo.Tests.Devices;
using SmallBatch.Silo.Trainers;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Silo.Tests;

[Collection(nameof(ScriptedTrainer))]
public sealed class TrainerProcessTests : IDisposable
{
    private readonly ScriptedTrainer program = new();
    private readonly ConcurrentQueue<string> log = new();

    public void Dispose() => program.Dispose();

    [Fact]
    public async Task A_device_without_memory_is_told_as_such_with_what_the_trainer_said_last()
    {
        program.Write([], "", $"{ScriptedTrainer.Ready}read request; echo 'a stack trace' >&2; echo 'out of memory on the device: 2 GiB wanted, 1 GiB free' >&2; exit 71");
        using var trainer = await TrainerProcess.StartAsync(program.Program, 0, log.Enqueue, TestContext.Current.CancellationToken);
        await trainer.SendAsync(new StopTraining("job", false));
        var end = await trainer.EndAsync();
        Assert.Equal(new($"trainer process {trainer.Id} ended: out of memory on the device: 2 GiB wanted, 1 GiB free", ByItself: true, OutOfMemory: true), end);
        Assert.Equal(["a stack trace", "out of memory on the device: 2 GiB wanted, 1 GiB free"], log);
    }

    [Fact]
    public async Task A_child_that_keeps_its_log_open_does_not_hold_up_its_end()
    {
        program.Write([], "", $"{ScriptedTrainer.Ready}read request; sleep 600 & echo $! >&2; exit 70");
        using var trainer = await TrainerProcess.StartAsync(program.Program, 0, log.Enqueue, TestContext.Current.CancellationToken);
        await trainer.SendAsync(new StopTraining("job", false));
        var end = await trainer.EndAsync();
        var child = Assert.Single(log);
        Assert.EndsWith($"ended: {child}", end.Text, StringComparison.Ordinal);
        System.Diagnostics.Process.GetProcessById(int.Parse(child, System.Globalization.CultureInfo.InvariantCulture)).Kill();
    }

    [Fact]
    public async Task A_trainer_of_another_protocol_is_refused_with_what_to_do_and_left_behind_by_nobody()
    {
        // In a file: what it says on its log may go with it, unread.
        var written = Path.Combine(Path.GetDirectoryName(program.Settings.Program)!, "id");
        program.Write([], "", $"echo $$ >'{written}'; echo '{TrainerProtocol.Write(new TrainerReady(TrainerProtocol.Version + 1, []))}'; exec sleep 600");
        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => TrainerProcess.StartAsync(program.Program, 0, log.Enqueue, TestContext.Current.CancellationToken));
        Assert.EndsWith($"does not speak protocol version {TrainerProtocol.Version}; install the trainer of this silo's release.", refused.Message, StringComparison.Ordinal);
        var id = int.Parse(await File.ReadAllTextAsync(written, TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        catch (ArgumentException)
        {
            // It is gone already.
        }
    }

    [Theory]
    [InlineData("kill -9 $$", false)]
    [InlineData("exit 70", true)]
    public async Task A_trainer_that_is_killed_from_outside_before_its_first_word_is_not_to_blame(string end, bool byItself)
    {
        program.Write([], "", end);
        var failure = await Assert.ThrowsAsync<TrainerNotStartedException>(
            () => TrainerProcess.StartAsync(program.Program, 0, log.Enqueue, TestContext.Current.CancellationToken));
        Assert.Equal(byItself, failure.ByItself);
    }
}
