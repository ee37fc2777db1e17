using SmallBatch.Specs.Outcomes;
using SmallBatch.Training.Loop;

namespace SmallBatch.Training.Tests;

/// <summary>Configurations that share their steps end with the same bytes as alone, whatever becomes of the others.</summary>
public sealed class BundleTests : IDisposable
{
    private static readonly string[] Rates = ["2^-6", "2^-4", "2^-9"];
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("augment: true", 4)]
    [InlineData("batchSizes: [20]", 20)]
    public void Each_configuration_ends_as_alone(string settings, int m)
    {
        var requests = Requests(settings, m);
        var ended = Train(requests, [.. requests.Select(_ => new Torch.Observer())]);
        Assert.Equal(requests.Select(r => Torch.Train(r)), ended.Select(e => e.Outcomes!));
    }

    [Fact]
    public void Replicas_that_are_trained_later_have_the_bits_that_they_would_have_had_at_once()
    {
        var five = Torch.Request(Torch.Plan("augment: true"), 4, "2^-6", 5, folder.Path);
        var all = Torch.Train(five);
        Assert.Equal(all.Skip(2), Torch.Train(five with { FirstReplica = 2, Replicas = 3 }));
        Assert.Equal(all.Skip(4), Torch.Train(five with { FirstReplica = 4, Replicas = 1 }));
        var observer = new Torch.Observer(stopAt: 9);
        var later = five with { FirstReplica = 3, Replicas = 2 };
        Torch.Run(later, observer, []);
        Assert.Equal(all.Skip(3), Torch.Run(later, new(), [observer.Checkpoint!]).Outcomes);
        Assert.Equal(0, Torch.Run(five with { Replicas = 2 }, new(), [observer.Checkpoint!]).ResumedFrom);
    }

    [Fact]
    public void One_that_is_stopped_leaves_a_checkpoint_and_the_others_alone()
    {
        var requests = Requests("optimizer: { kind: sgd, momentum: 0.5 }");
        Torch.Observer[] observers = [new(), new(stopAt: 11), new()];
        var ended = Train(requests, observers);
        Assert.Equal([requests[0].Settings.Updates, 11, requests[0].Settings.Updates], ended.Select(e => e.Step));
        Assert.Equal(Torch.Train(requests[0]), ended[0].Outcomes);
        Assert.Equal(Torch.Train(requests[2]), ended[2].Outcomes);
        Assert.Equal(Torch.Train(requests[1]), Torch.Run(requests[1], new(), [observers[1].Checkpoint!]).Outcomes);
    }

    [Fact]
    public void Those_behind_catch_up_and_go_on_together()
    {
        var requests = Requests("");
        var observer = new Torch.Observer(stopAt: 9);
        Torch.Run(requests[1], observer, []);
        var ended = Train(requests, [new(), new(), new()], [[], [observer.Checkpoint!], []]);
        Assert.Equal(requests.Select(r => Torch.Train(r)), ended.Select(e => e.Outcomes!));
    }

    [Fact]
    public void One_that_diverges_ends_early_and_leaves_the_others_bits_alone()
    {
        var plan = Torch.Plan("batchNorm: none");
        TrainingRequest[] requests = [.. new[] { "2^20", "2^-9" }.Select(r => Torch.Request(plan, 4, r, 2, folder.Path))];
        var ended = Train(requests, [new(), new()]);
        Assert.All(ended[0].Outcomes!, o => Assert.Equal("diverged", OutcomeDocument.Read(o).Outcome));
        Assert.True(ended[0].Step < ended[1].Step);
        Assert.Equal(requests.Select(r => Torch.Train(r)), ended.Select(e => e.Outcomes!));
    }

    [Fact]
    public void Settings_that_differ_in_more_than_rate_and_seed_share_no_steps()
    {
        var settings = Torch.Plan().Cells[0].Settings;
        Assert.True(TrainingTask.Shared(settings, settings with { Seed = 9, BaseLearningRate = Specs.Settings.BaseLearningRate.PowerOfTwo(-3) }));
        Assert.False(TrainingTask.Shared(settings, settings with { BatchSize = 8 }));
        Assert.False(TrainingTask.Shared(settings, settings with { WeightDecay = 0.1 }));
    }

    private static Torch.Ended[] Train(TrainingRequest[] requests, Torch.Observer[] observers, string[][]? checkpoints = null)
    {
        var task = new TrainingTask(requests[0]);
        var runs = requests.Zip(observers, (request, observer) => new ConfigurationRun(request, task, observer, TimeProvider.System)).ToArray();
        for (var i = 0; i < runs.Length; i++)
        {
            observers[i].Run = runs[i];
            runs[i].Begin(checkpoints?[i] ?? []);
        }

        var ended = new Dictionary<ConfigurationRun, Torch.Ended>();
        using (var training = new TrainingRun(task, runs, GroupSizing.Of(task), TimeProvider.System))
        {
            training.Train(run => ended[run] = new(0, [], run.Step, run.Stopped ? null : run.Outcomes));
        }

        foreach (var run in runs)
        {
            run.Dispose();
        }

        return [.. runs.Select(r => ended[r])];
    }

    private TrainingRequest[] Requests(string settings, int m = 4)
    {
        var plan = Torch.Plan(settings);
        return [.. Rates.Select((rate, i) => Torch.Request(plan, m, rate, i + 1, folder.Path))];
    }
}
