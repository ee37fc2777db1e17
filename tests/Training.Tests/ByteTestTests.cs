using SmallBatch.Training.Verification;
using static TorchSharp.torch;

namespace SmallBatch.Training.Tests;

public sealed class ByteTestTests
{
    private static readonly Device Cpu = new("cpu");

    [Fact]
    public void The_cpu_passes()
    {
        var trials = new List<ByteTrial>();
        Assert.Empty(new ByteTest(Cpu, trial =>
        {
            trials.Add(trial);
            return new Trainings(TimeProvider.System).Run(trial);
        }).Differences());
        Assert.Equal([4, 4, 4, 4, 16, 16, 16, 16], trials.Select(t => t.Request.Settings.BatchSize));
        Assert.Equal(2, trials.Count(t => t.StopAfter is not null));
    }

    [Fact]
    public void Groups_that_give_other_bytes_are_named_with_the_replicas_that_differ()
    {
        var differences = new ByteTest(Cpu, trial => Outcomes(trial.Groups is [2, 3] && trial.Request.Settings.BatchSize == 16 ? 3 : -1)).Differences();
        Assert.Equal("m = 16, Full: groups of 2 and 3 gave other bytes than undisturbed in one group of 5, in replicas 3", Assert.Single(differences));
    }

    [Fact]
    public void A_resume_that_gives_other_bytes_is_named()
    {
        var differences = new ByteTest(Cpu, trial => Outcomes(trial.StopAfter is null ? -1 : 0)).Differences();
        Assert.Equal(
            ["m = 4, Full: stopped after 16 updates and resumed in groups of 3 and 2 gave other bytes than undisturbed in one group of 5, in replicas 0",
             "m = 16, Full: stopped after 4 updates and resumed in groups of 3 and 2 gave other bytes than undisturbed in one group of 5, in replicas 0"],
            differences);
    }

    [Fact]
    public void On_a_gpu_every_precision_is_tried()
    {
        var tried = new List<(Specs.Settings.Precision, int)>();
        new ByteTest(new("cuda:0"), trial =>
        {
            tried.Add((trial.Request.Settings.Precision, trial.Request.Settings.BatchSize));
            return Outcomes(-1);
        }).Differences();
        Assert.Equal(6, tried.Distinct().Count());
    }

    private static string[] Outcomes(int odd) => [.. Enumerable.Range(0, 5).Select(r => Real.Value[r == odd ? (r + 1) % 5 : r])];

    private static readonly Lazy<IReadOnlyList<string>> Real = new(() =>
    {
        IReadOnlyList<string> outcomes = [];
        new ByteTest(Cpu, trial => outcomes = outcomes.Count > 0 ? outcomes : new Trainings(TimeProvider.System).Run(trial)).Differences();
        return outcomes;
    });
}
