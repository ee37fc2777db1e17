using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Settings;
using SmallBatch.Specs.Sweeps;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Tests;

/// <summary>A trainer that somebody started: its streams and its end.</summary>
internal sealed record StartedTrainer(TextWriter Input, TextReader Output, Func<Task<int>> ExitAsync, Action Kill);

/// <summary>What a silo may expect of whatever speaks the trainers' protocol: of the trainer itself, and of the simulated one.</summary>
public abstract class TrainerConformance : IDisposable
{
    private const string Network = "layers:\n  - conv: { filters: 4, kernel: 3, stride: 2 }\n  - relu\n  - averagePool: global\n  - linear: { outputs: classes }\n";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string folder = Directory.CreateTempSubdirectory("smallbatch-conformance-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Its_first_word_names_the_protocol_s_version_and_its_devices()
    {
        var trainer = Start();
        var ready = Assert.IsType<TrainerReady>(TrainerProtocol.ReadNotice((await trainer.Output.ReadLineAsync(Token))!));
        Assert.Equal(TrainerProtocol.Version, ready.ProtocolVersion);
        Assert.Contains(ready.Devices, d => d.Id == "cpu");
        trainer.Kill();
    }

    [Fact]
    public async Task Killed_in_its_midst_and_resumed_by_another_it_ends_with_the_same_bytes()
    {
        var undisturbed = await RunAsync(Job([]), (_, _) => false);
        string? checkpoint = null;
        await RunAsync(Job([]), (notice, trainer) =>
        {
            checkpoint = notice is CheckpointWritten written ? written.Path : checkpoint;
            if (notice is not EpochEnded { Epoch: >= 4 } || checkpoint is null)
            {
                return false;
            }

            trainer.Kill();
            return true;
        });
        var resumed = await RunAsync(Job([checkpoint!]), (_, _) => false);
        Assert.True(resumed.OfType<TrainingStarted>().Single().ResumedFromStep > 0);
        Assert.Equal(undisturbed.OfType<TrainingCompleted>().Single().Outcomes, resumed.OfType<TrainingCompleted>().Single().Outcomes);
    }

    [Fact]
    public async Task It_ends_when_its_input_ends_while_it_trains()
    {
        var trainer = Start();
        await SendAsync(trainer, new StartTraining([Job([])]));
        await ReadAsync(trainer, n => n is TrainingStarted);
        trainer.Input.Close();
        Assert.Equal(0, await trainer.ExitAsync().WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task Asked_to_stop_it_writes_a_checkpoint_and_takes_the_next_job()
    {
        var trainer = Start();
        await SendAsync(trainer, new StartTraining([Job([])]));
        var notices = new List<TrainerNotice>();
        while (!notices.OfType<TrainingCompleted>().Any())
        {
            var notice = TrainerProtocol.ReadNotice((await trainer.Output.ReadLineAsync(Token))!);
            notices.Add(notice);
            if (notice is TrainingStarted && notices.OfType<TrainingStarted>().Count() == 1)
            {
                await SendAsync(trainer, new StopTraining("job", Checkpoint: true));
            }

            if (notice is TrainingStopped)
            {
                await SendAsync(trainer, new StartTraining([Job([notices.OfType<CheckpointWritten>().Last().Path])]));
            }
        }

        Assert.Equal(notices.OfType<TrainingStopped>().Single().Step, notices.OfType<TrainingStarted>().Last().ResumedFromStep);
        trainer.Kill();
    }

    [Fact]
    public async Task A_job_that_cannot_be_trained_is_refused_with_every_reason()
    {
        var job = Job([]);
        var settings = SettingsText.Read(job.SettingsText) with { NumericsVersion = 99, NetworkText = "layers: [{conv: {filters: 4, kernel: 3}}]" };
        var notices = await RunAsync(job with { SettingsText = SettingsText.Write(settings), ScratchFolder = "/no/such/folder" }, (_, _) => false);
        var refused = notices.OfType<TrainingRefused>().Single();
        Assert.Equal(3, refused.Errors.Count);
        Assert.StartsWith($"numericsVersion: found 99, wanted {TrainingNumerics.Version}", refused.Errors[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_bundle_one_that_does_not_share_the_steps_is_refused_alone()
    {
        var job = Job([]);
        var other = SettingsText.Read(job.SettingsText) with { BatchSize = 8 };
        var trainer = Start();
        await SendAsync(trainer, new StartTraining([job, job with { Job = "other", SettingsText = SettingsText.Write(other) }]));
        var notices = await ReadAsync(trainer, n => n is TrainingCompleted);
        Assert.Equal("other", notices.OfType<TrainingRefused>().Single().Job);
        Assert.Equal("job", notices.OfType<TrainingCompleted>().Single().Job);
        trainer.Kill();
    }

    [Fact]
    public async Task A_line_that_is_no_request_and_a_checkpoint_that_is_none_keep_it_from_nothing()
    {
        var damaged = Path.Combine(folder, "damaged");
        await File.WriteAllTextAsync(damaged, "no checkpoint", Token);
        var trainer = Start();
        await trainer.Input.WriteLineAsync("no request");
        await SendAsync(trainer, new StartTraining([Job([damaged])]));
        var notices = await ReadAsync(trainer, n => n is TrainingCompleted);
        var started = notices.OfType<TrainingStarted>().Single();
        Assert.Equal(0, started.ResumedFromStep);
        Assert.StartsWith("damaged: ", Assert.Single(started.Skipped), StringComparison.Ordinal);
        trainer.Kill();
    }

    /// <summary>Starts one that serves.</summary>
    private protected abstract StartedTrainer Start();

    private static async Task SendAsync(StartedTrainer trainer, TrainerRequest request)
    {
        await trainer.Input.WriteLineAsync(TrainerProtocol.Write(request));
        await trainer.Input.FlushAsync(Token);
    }

    private static async Task<List<TrainerNotice>> ReadAsync(StartedTrainer trainer, Func<TrainerNotice, bool> last)
    {
        var notices = new List<TrainerNotice>();
        while (await trainer.Output.ReadLineAsync(Token) is { } line)
        {
            notices.Add(TrainerProtocol.ReadNotice(line));
            if (last(notices[^1]))
            {
                break;
            }
        }

        return notices;
    }

    private async Task<List<TrainerNotice>> RunAsync(TrainingJob job, Func<TrainerNotice, StartedTrainer, bool> stop)
    {
        var trainer = Start();
        await SendAsync(trainer, new StartTraining([job]));
        var notices = await ReadAsync(trainer, n => stop(n, trainer) || n is TrainingCompleted or TrainingRefused);
        trainer.Kill();
        return notices;
    }

    private TrainingJob Job(IReadOnlyList<string> checkpoints)
    {
        var draft = SweepDraft.Parse("name: t\ndataset: { kind: synthetic, trainImages: 200, testImages: 30 }\nnetwork: n.yaml\nbatchSizes: [4]\nbaseLearningRates: [2^-8]\nepochs: 10\naugment: true", Network);
        var settings = SweepPlan.Of(draft, SyntheticDataset.Identity(200, 30)).Value!.Cells[0].Settings;
        return new("job", SettingsText.Write(settings), "grid", 2, "", folder, 0.2, checkpoints, "cpu");
    }
}
