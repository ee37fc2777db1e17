using System.Diagnostics;
using SmallBatch.Specs.Settings;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Training.Tests;

/// <summary>The trainer as a process, spoken to as a silo does.</summary>
public sealed class TrainerProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Killed_in_its_midst_and_resumed_in_another_process_it_ends_with_the_same_bytes()
    {
        var undisturbed = await RunAsync(Job([]), (_, _) => false);
        string? checkpoint = null;
        await RunAsync(Job([]), (notice, process) =>
        {
            if (notice is CheckpointWritten written)
            {
                checkpoint = written.Path;
            }

            if (notice is EpochEnded { Epoch: 4 } && checkpoint is not null)
            {
                process.Kill();
                return true;
            }

            return false;
        });
        var resumed = await RunAsync(Job([checkpoint!]), (_, _) => false);
        Assert.True(resumed.OfType<TrainingStarted>().Single().ResumedFromStep > 0);
        Assert.Equal(undisturbed.OfType<TrainingCompleted>().Single().Outcomes, resumed.OfType<TrainingCompleted>().Single().Outcomes);
    }

    [Fact]
    public async Task It_ends_when_its_input_ends_while_it_trains()
    {
        using var process = Start();
        await SendAsync(process, new StartTraining([Job([])]));
        while (TrainerProtocol.ReadNotice((await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!) is not TrainingStarted)
        {
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task Asked_to_stop_it_writes_a_checkpoint_and_takes_the_next_job()
    {
        using var process = Start();
        await SendAsync(process, new StartTraining([Job([])]));
        var notices = new List<TrainerNotice>();
        while (notices.OfType<TrainingCompleted>().Any() is false)
        {
            var notice = TrainerProtocol.ReadNotice((await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!);
            notices.Add(notice);
            if (notice is TrainingStarted && notices.OfType<TrainingStarted>().Count() == 1)
            {
                await SendAsync(process, new StopTraining("job", Checkpoint: true));
            }

            if (notice is TrainingStopped)
            {
                await SendAsync(process, new StartTraining([Job([notices.OfType<CheckpointWritten>().Last().Path])]));
            }
        }

        Assert.Equal(notices.OfType<TrainingStopped>().Single().Step, notices.OfType<TrainingStarted>().Last().ResumedFromStep);
        process.Kill();
    }

    [Fact]
    public async Task A_job_that_cannot_be_trained_is_refused_with_every_reason()
    {
        var job = Job([]);
        var settings = SettingsText.Read(job.SettingsText) with { NumericsVersion = 99, NetworkText = "layers: [{conv: {filters: 4, kernel: 3}}]" };
        var notices = await RunAsync(job with { SettingsText = SettingsText.Write(settings), ScratchFolder = "/no/such/folder" }, (_, _) => false);
        var refused = notices.OfType<TrainingRefused>().Single();
        Assert.Equal(3, refused.Errors.Count);
        Assert.StartsWith("numericsVersion: found 99, wanted 2", refused.Errors[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_that_nobody_expected_ends_it_with_a_code_of_its_own_and_its_words_last()
    {
        // Its folder goes while it trains, and the next checkpoint has no place.
        using var process = Start();
        var log = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var scratch = Directory.CreateDirectory(Path.Combine(folder.Path, "scratch")).FullName;
        await SendAsync(process, new StartTraining([Job([]) with { ScratchFolder = scratch, CheckpointSeconds = 0.001 }]));
        while (TrainerProtocol.ReadNotice((await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!) is not CheckpointWritten)
        {
        }

        Directory.Move(scratch, scratch + "-gone");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(TrainerExit.Failed, process.ExitCode);
        Assert.Matches("^(File|Directory)NotFoundException: Could not find", (await log).TrimEnd().Split('\n')[^1]);
    }

    [Fact]
    public async Task A_network_that_this_machine_s_memory_does_not_hold_ends_it_with_the_code_that_says_so()
    {
        // 0.9 GB of weights, and a limit of 256 MB, so that the test needs neither.
        using var process = Start(("DOTNET_GCHeapHardLimit", "0x10000000"), "serve");
        var log = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var job = Job([]);
        var settings = SettingsText.Read(job.SettingsText) with { NetworkText = "layers: [{averagePool: global}, {linear: {outputs: 15000}}, relu, {linear: {outputs: 15000}}, relu, {linear: {outputs: classes}}]" };
        await SendAsync(process, new StartTraining([job with { SettingsText = SettingsText.Write(settings) }]));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(TrainerExit.OutOfHostMemory, process.ExitCode);
        Assert.StartsWith("out of memory on the host: ", (await log).TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asked_to_verify_a_device_it_answers_with_one_line()
    {
        using var process = Start(null, "verify", "--device", "cpu");
        process.StandardInput.Close();
        var lines = (await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Split('\n');
        var verified = Assert.IsType<DeviceVerified>(TrainerProtocol.ReadNotice(lines[0]));
        Assert.Equal("", Assert.Single(lines[1..]));
        Assert.Equal("cpu", verified.Device);
        Assert.Empty(verified.Differences);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    private static Process Start() => Start(null, "serve");

    private static Process Start((string Name, string Value)? variable, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "SmallBatch.Training"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (variable is { } set)
        {
            start.Environment[set.Name] = set.Value;
        }

        return Process.Start(start)!;
    }

    private static async Task SendAsync(Process process, TrainerRequest request)
    {
        await process.StandardInput.WriteLineAsync(TrainerProtocol.Write(request));
        await process.StandardInput.FlushAsync();
    }

    private static async Task<List<TrainerNotice>> RunAsync(TrainingJob job, Func<TrainerNotice, Process, bool> stop)
    {
        using var process = Start();
        await SendAsync(process, new StartTraining([job]));
        var notices = new List<TrainerNotice>();
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            notices.Add(TrainerProtocol.ReadNotice(line));
            if (stop(notices[^1], process) || notices[^1] is TrainingCompleted or TrainingRefused)
            {
                break;
            }
        }

        process.Kill();
        return notices;
    }

    private TrainingJob Job(IReadOnlyList<string> checkpoints)
    {
        var settings = Torch.Plan("augment: true", trainImages: 200).Cells[0].Settings with { EpochBudget = 10 };
        return new("job", SettingsText.Write(settings), "grid", 2, "", folder.Path, 0.5, checkpoints, "cpu");
    }
}
