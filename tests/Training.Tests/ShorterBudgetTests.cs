using SmallBatch.Specs.Settings;
using SmallBatch.Training.Loop;

namespace SmallBatch.Training.Tests;

/// <summary>A run that begins from a shorter budget's checkpoint ends with the bytes of one from its first step.</summary>
public sealed class ShorterBudgetTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("augment: true\nweightDecay: 1e-3\nschedule: { dropAt: [0.3, 0.6], factor: 0.5 }\nbatchNorm: conv\nselectOn: { validation: 0.2 }")]
    [InlineData("optimizer: { kind: sgd, momentum: 0.9 }\nschedule: { dropAtEpochs: [1, 2] }\nbatchNormBatchSize: 2")]
    [InlineData("optimizer: adamw\ngroupNorm: 2\nupdateVariance: { at: [0, 0.5, 1], batches: 3, batchSizes: [2, 5] }")]
    [InlineData("schedule: { dropAt: [0.8] }\nbatchGrowth: [{ at: 0.34, factor: 2 }]")]
    public void The_same_bytes_from_a_checkpoint_at_the_first_drop_and_from_one_before_it(string settings)
    {
        var shorter = Request(settings, epochs: 3);
        var longer = Request(settings, epochs: 6);
        var undisturbed = Torch.Train(longer);
        var drop = SharedUpdates.Resumable(shorter.Settings, longer.Settings);
        Assert.InRange(drop, 8, 25);
        foreach (var step in new[] { 7, drop })
        {
            var resumed = Torch.Run(longer, new(), [], [3], shorter: new(Stop(shorter, step), SettingsText.Write(shorter.Settings)));
            Assert.Empty(resumed.Skipped);
            Assert.Equal(step, resumed.ResumedFrom);
            Assert.Equal(undisturbed, resumed.Outcomes);
        }
    }

    [Fact]
    public void A_checkpoint_of_updates_that_it_does_not_share_is_skipped_and_it_begins_anew()
    {
        var (shorter, longer) = (Request("", epochs: 3), Request("", epochs: 6));
        var undisturbed = Torch.Train(longer);
        var drop = SharedUpdates.Resumable(shorter.Settings, longer.Settings);
        var after = Torch.Run(longer, new(), [], [3], shorter: new(Stop(shorter, drop + 1), SettingsText.Write(shorter.Settings)));
        Assert.Equal((0L, $"it is of update {drop + 1} on a budget of {shorter.Settings.Updates}, wanted one before the scored ones and of the {drop} that a budget of {longer.Settings.Updates} begins with too"), (after.ResumedFrom, Assert.Single(after.Skipped).Split(": ")[1]));
        Assert.Equal(undisturbed, after.Outcomes);

        var other = Request("weightDecay: 1e-3", epochs: 3);
        var foreign = Torch.Run(longer, new(), [], [3], shorter: new(Stop(other, 7), SettingsText.Write(other.Settings)));
        Assert.Equal(0, foreign.ResumedFrom);
        Assert.Equal(undisturbed, foreign.Outcomes);
        var misnamed = Torch.Run(longer, new(), [], [3], shorter: new(Stop(other, 7), SettingsText.Write(shorter.Settings)));
        Assert.Contains("its settingsHash is", Assert.Single(misnamed.Skipped), StringComparison.Ordinal);
    }

    [Fact]
    public void Its_own_checkpoint_goes_before_a_shorter_budgets()
    {
        var (shorter, longer) = (Request("", epochs: 3), Request("", epochs: 6));
        var own = Stop(longer, 40);
        var resumed = Torch.Run(longer, new(), [own], [3], shorter: new(Stop(shorter, 7), SettingsText.Write(shorter.Settings)));
        Assert.Equal(40, resumed.ResumedFrom);
        Assert.Equal(Torch.Train(longer), resumed.Outcomes);
    }

    private TrainingRequest Request(string settings, int epochs) => Torch.Request(Torch.Plan(settings, epochs: epochs), 4, "2^-6", 3, folder.Path);

    private static string Stop(TrainingRequest request, long step)
    {
        var observer = new Torch.Observer(step);
        Torch.Run(request, observer, [], [3]);
        return observer.Checkpoint!;
    }
}
