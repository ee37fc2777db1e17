using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SmallBatch.Silo.Devices;
using SmallBatch.Silo.Settings;
using SmallBatch.Silo.Simulation;
using SmallBatch.Silo.Trainers;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Outcomes;
using SmallBatch.Specs.Settings;
using SmallBatch.Specs.Sweeps;
using SmallBatch.Training.Protocol;
using Law = SmallBatch.Silo.Simulation.DurationLaw;

namespace SmallBatch.Silo.Tests.Simulation;

public sealed class SimulatedTrainerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("smallbatch-simulated-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(null, false)]
    [InlineData("1s", true)]
    public async Task It_is_off_unless_a_duration_is_given(string? duration, bool on)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Simulation:Duration"] = duration });
        builder.AddSettings();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddMachine();
        await using var app = builder.Build();
        var program = app.Services.GetRequiredService<ITrainerProgram>();
        Assert.Equal(on, program is SimulatedProgram);
        Assert.Equal(on, program.Remark?.StartsWith("SIMULATED", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData("1s", 100, 0.5, 1.0)]
    [InlineData("2ms/update", 100, 0.5, 0.2)]
    [InlineData("0.5s..2s", 100, 0.5, 1.25)]
    [InlineData("0s", 100, 0.5, 0)]
    public void A_law_says_how_long_a_training_takes(string law, long updates, double chance, double seconds) =>
        Assert.Equal(seconds, Law.Parse(law).Value!.Of(updates, chance).TotalSeconds, 6);

    [Theory]
    [InlineData("fast")]
    [InlineData("1")]
    [InlineData("-1s")]
    [InlineData("2s..1s")]
    public void A_law_that_is_none_is_refused(string law)
    {
        Assert.StartsWith($"Simulation:Duration: found {law}, wanted a time such as", Assert.Single(Law.Parse(law).Errors).ToString(), StringComparison.Ordinal);
        var settings = new SimulationSettings { Duration = law };
        Assert.Single(settings.Validate(new(settings)));
    }

    [Fact]
    public async Task Its_only_device_bears_a_class_that_says_simulated_and_the_remark_is_told()
    {
        var program = new SimulatedProgram(Options.Create(new SimulationSettings { Duration = "0s", Diverging = 0.25 }), TimeProvider.System, NullLogger<SimulatedProgram>.Instance);
        using var nvml = new Devices.FakeNvml();
        var inventory = new DeviceInventory(program, nvml, Options.Create(new TrainerSettings { CpuSlots = 3 }), NullLogger<DeviceInventory>.Instance);
        var device = Assert.Single(await inventory.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("SIMULATED", "simulated-1-diverging0.25-n3", 3), (device.Name, device.NumericsClass, device.Slots.Length));
        Assert.True(SimulatedNumerics.Is(device.NumericsClass));
        Assert.StartsWith("SIMULATED", inventory.Remark, StringComparison.Ordinal);
        Assert.Null(Assert.Single(await new ByteTests(program, Options.Create(new TrainerSettings()), NullLogger<ByteTests>.Instance).JudgeAsync([device], _ => { }, TestContext.Current.CancellationToken)).OutOfService);
    }

    [Fact]
    public async Task One_that_is_to_die_dies_once_right_after_a_checkpoint_and_resumed_ends_as_one_that_never_did()
    {
        var undisturbed = Assert.Single((await RunAsync(failing: 0, diverging: 0, [])).OfType<TrainingCompleted>());
        var died = await RunAsync(failing: 1, diverging: 0, []);
        var checkpoint = Assert.IsType<CheckpointWritten>(died[^1]);
        var resumed = await RunAsync(failing: 1, diverging: 0, [checkpoint.Path]);
        Assert.Equal(checkpoint.Step, resumed.OfType<TrainingStarted>().Single().ResumedFromStep);
        Assert.Equal(undisturbed.Outcomes, resumed.OfType<TrainingCompleted>().Single().Outcomes);
    }

    [Fact]
    public async Task As_many_diverge_as_asked_for_and_what_is_made_up_can_be_read()
    {
        var all = OutcomeDocument.Read((await RunAsync(0, diverging: 1, [])).OfType<TrainingCompleted>().Single().Outcomes[0]);
        Assert.Equal("diverged", all.Outcome);
        Assert.InRange(all.DivergedAtStep!.Value, 1, all.Updates);
        var none = OutcomeDocument.Read((await RunAsync(0, diverging: 0, [])).OfType<TrainingCompleted>().Single().Outcomes[0]);
        Assert.Equal("trained", none.Outcome);
        Assert.Equal(3, none.Curve.Count);
        Assert.Equal(none.Curve[^1].TestAccuracy, none.FinalTestAccuracy);
        Assert.NotEqual(0, none.Score);
    }

    private async Task<List<TrainerNotice>> RunAsync(double failing, double diverging, IReadOnlyList<string> checkpoints)
    {
        var draft = SweepDraft.Parse("name: t\ndataset: { kind: synthetic, trainImages: 200, testImages: 30 }\nnetwork: n.yaml\nbatchSizes: [4]\nbaseLearningRates: [2^-8]\nepochs: 3", "layers: [{averagePool: global}, {linear: {outputs: classes}}]");
        var settings = SweepPlan.Of(draft, SyntheticDataset.Identity(200, 30)).Value!.Cells[0].Settings;
        using var trainer = new SimulatedTrainer(["serve"], new(Law.Parse("0s").Value!, diverging, failing), TimeProvider.System);
        await trainer.Input.WriteLineAsync(TrainerProtocol.Write(new StartTraining([new("job", SettingsText.Write(settings), "grid", 2, "", folder, 60, checkpoints, "cpu")])));
        await trainer.Input.FlushAsync(TestContext.Current.CancellationToken);
        var notices = new List<TrainerNotice>();
        while (await trainer.Output.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            notices.Add(TrainerProtocol.ReadNotice(line));
            if (notices[^1] is TrainingCompleted)
            {
                return notices;
            }
        }

        Assert.Equal(TrainerExit.Failed, await trainer.ExitAsync(TestContext.Current.CancellationToken));
        Assert.Contains("simulated death", await trainer.Log.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        return notices;
    }
}
