using SmallBatch.Contracts.Results;
using SmallBatch.Reports.Claims;

namespace SmallBatch.Client.Tests.Reports;

/// <summary>Each claim by results made for it: once confirmed, once contradicted, else untested with the reason.</summary>
public sealed class PaperClaimTests
{
    private const string Spec = "name: golden\ndataset: cifar10\nnetwork: resnet8\nbatchSizes: [2, 8, 128]\nbaseLearningRates: [2^-9, 2^-7, 2^-5]\nreplicas: 3\nconfirm: 3\nepochs: 15\n";
    private static readonly string[] SmallWins =
    [
        "grid,2,2^-9,0.60 0.61 0.62", "grid,2,2^-7,0.79 0.80 0.81", "grid,2,2^-5,0.70 0.71 0.72",
        "grid,8,2^-9,0.60 0.61 0.62", "grid,8,2^-7,0.78 0.79 0.80", "grid,8,2^-5,0.60 d7 d9",
        "grid,128,2^-9,0.60 0.61 0.62", "grid,128,2^-7,0.30 d5 d6", "grid,128,2^-5,d1 d1 d1",
        "confirm,2,2^-7,0.79 0.80 0.81", "confirm,8,2^-7,0.78 0.785 0.79", "confirm,128,2^-9,0.60 0.61 0.62",
    ];

    private static readonly string[] LargeWins =
    [
        "grid,2,2^-9,d1 d1 d1", "grid,2,2^-7,0.50 0.51 0.52", "grid,2,2^-5,d1 d1 d1",
        "grid,8,2^-9,0.50 0.51 0.52", "grid,8,2^-7,0.55 0.56 0.57", "grid,8,2^-5,d9 d9 d9",
        "grid,128,2^-9,0.79 0.80 0.81", "grid,128,2^-7,0.80 0.81 0.82", "grid,128,2^-5,0.79 0.80 0.81",
        "confirm,2,2^-7,0.50 0.51 0.52", "confirm,8,2^-7,0.55 0.56 0.57", "confirm,128,2^-7,0.80 0.81 0.82",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_sweep_in_which_small_batches_win_confirms(int claim) => Assert.Equal(Verdict.Confirmed, Judge(claim, Sweep(SmallWins)).Verdict);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_sweep_in_which_the_largest_batch_wins_contradicts(int claim) => Assert.Equal(Verdict.Contradicted, Judge(claim, Sweep(LargeWins)).Verdict);

    [Fact]
    public void A_tie_between_small_and_large_tests_nothing()
    {
        var finding = Judge(1, Sweep([.. SmallWins[..^1], "confirm,128,2^-9,0.70 0.85 0.78"])).Findings.Single();
        Assert.Equal(Verdict.Untested, finding.Verdict);
        Assert.Contains("cannot be told from it", finding.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shared_best_rate_of_large_and_small_contradicts_that_only_small_can_use_it()
    {
        string[] rows = [.. SmallWins[..6], "grid,128,2^-9,0.60 0.61 0.62", "grid,128,2^-7,0.70 0.71 0.72", "grid,128,2^-5,d1 d1 d1", "confirm,2,2^-7,0.79 0.80 0.81", "confirm,8,2^-7,0.78 0.785 0.79", "confirm,128,2^-7,0.70 0.71 0.72"];
        Assert.Equal(Verdict.Contradicted, Judge(3, Sweep(rows)).Verdict);
    }

    [Theory]
    [InlineData(0.80, 0.80, 0.60, Verdict.Confirmed)]
    [InlineData(0.80, 0.70, 0.60, Verdict.Contradicted)]
    [InlineData(0.80, 0.80, 0.80, Verdict.Contradicted)]
    public void Curves_that_coincide_for_small_and_not_for_large_batches_confirm(double at8, double at32, double at128, Verdict verdict)
    {
        string[] rows = ["grid,8,2^-8,0.8 0.8 0.8", "grid,32,2^-8,0.8 0.8 0.8", "grid,128,2^-8,0.8 0.8 0.8"];
        var sweep = GoldenSweep.Of(rows, Spec, with: r => r with { Curve = [.. Enumerable.Range(1, 15).Select(e => Point(e, (r.BatchSize == 8 ? at8 : r.BatchSize == 32 ? at32 : at128) + (0.001 * r.Replica * r.BatchSize / 128)))] });
        Assert.Equal(verdict, Judge(4, sweep).Verdict);
    }

    [Fact]
    public void Without_normalisation_two_may_be_best_or_not()
    {
        var without = Spec + "batchNorm: none\n";
        Assert.Equal(Verdict.Confirmed, Judge(5, Sweep(SmallWins, without)).Verdict);
        Assert.Equal(Verdict.Contradicted, Judge(5, Sweep(LargeWins, without)).Verdict);
        Assert.Equal(Verdict.Contradicted, Judge(5, Sweep(SmallWins, without.Replace("resnet8", "resnet32", StringComparison.Ordinal))).Verdict);
        Assert.Contains("the network is normalised", Judge(5, Sweep(SmallWins)).Findings.Single().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Normalised_hidden_layers_move_the_best_up_down_or_undecided()
    {
        var (conv, all) = (Spec + "batchNorm: conv\n", Spec + "batchNorm: all\n");
        Assert.Equal(Verdict.Confirmed, Judge(6, Sweep(SmallWins, conv, "a"), Sweep(LargeWins, all, "b")).Verdict);
        Assert.Equal(Verdict.Contradicted, Judge(6, Sweep(LargeWins, conv, "a"), Sweep(SmallWins, all, "b")).Verdict);
        Assert.Equal(Verdict.Untested, Judge(6, Sweep(SmallWins, conv, "a"), Sweep(SmallWins, all, "b")).Verdict);
    }

    [Fact]
    public void Warm_up_that_helps_the_largest_batch_and_leaves_a_gap_confirms()
    {
        var warm = Spec + "warmup: { fraction: 0.05, from: 1/32 }\n";
        string[] helped = [.. SmallWins[..6], "grid,128,2^-9,0.68 0.69 0.70", "grid,128,2^-7,d5 d6 d7", "grid,128,2^-5,d1 d1 d1", .. SmallWins[9..11], "confirm,128,2^-9,0.68 0.69 0.70"];
        Assert.Equal(Verdict.Confirmed, Judge(7, Sweep(SmallWins, Spec, "a"), Sweep(helped, warm, "b")).Verdict);
        Assert.Equal(Verdict.Contradicted, Judge(7, Sweep(helped, Spec, "a"), Sweep(SmallWins, warm, "b")).Verdict);
        Assert.Equal(Verdict.Untested, Judge(7, Sweep(SmallWins, Spec, "a"), Sweep(SmallWins, warm, "b")).Verdict);
    }

    [Fact]
    public void Sweeps_that_differ_in_more_than_the_one_thing_are_no_pair()
    {
        var warm = Spec.Replace("epochs: 15", "epochs: 16", StringComparison.Ordinal) + "warmup: { fraction: 0.05, from: 1/32 }\n";
        Assert.Contains("it needs two sweeps that differ in warmup alone", Judge(7, Sweep(SmallWins, Spec, "a"), Sweep(SmallWins, warm, "b")).Findings.Single().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Longer_training_that_helps_the_largest_batch_more_confirms()
    {
        var longer = Spec.Replace("epochs: 15", "epochs: 30", StringComparison.Ordinal);
        string[] gained = [.. SmallWins[..9], "confirm,2,2^-7,0.80 0.81 0.82", "confirm,8,2^-7,0.78 0.785 0.79", "confirm,128,2^-9,0.68 0.69 0.71"];
        string[] small = [.. SmallWins[..9], "confirm,2,2^-7,0.87 0.88 0.90", "confirm,8,2^-7,0.78 0.785 0.79", "confirm,128,2^-9,0.60 0.61 0.62"];
        Assert.Equal(Verdict.Confirmed, Judge(8, Sweep(SmallWins, Spec, "a"), Sweep(gained, longer, "b")).Verdict);
        Assert.Equal(Verdict.Contradicted, Judge(8, Sweep(SmallWins, Spec, "a"), Sweep(small, longer, "b")).Verdict);
    }

    [Theory]
    [InlineData(4, Verdict.Confirmed)]
    [InlineData(16, Verdict.Untested)]
    [InlineData(null, Verdict.Contradicted)]
    public void The_best_batch_of_the_normalisation_is_small_or_the_whole(int? best, Verdict verdict)
    {
        SweepResults At(int size) => Sweep(
            [.. new[] { 64, 128 }.SelectMany(m => new[] { "grid", "confirm" }.Select(s => $"{s},{m},2^-7,{((best is null ? size >= m : size == best) ? "0.80 0.801 0.802" : "0.60 0.601 0.602")}"))],
            Spec.Replace("[2, 8, 128]", "[64, 128]", StringComparison.Ordinal) + (size == 128 ? "" : $"batchNormBatchSize: {size}\n"), $"bn{size}");
        Assert.Equal(verdict, Judge(9, [.. new[] { 4, 16, 64, 128 }.Select(At)]).Verdict);
    }

    [Theory]
    [InlineData(1.0, "none", Verdict.Confirmed)]
    [InlineData(2.0, "none", Verdict.Contradicted)]
    [InlineData(1.0, "all", Verdict.Untested)]
    public void The_slope_of_the_updates_variance_decides(double slope, string norm, Verdict verdict)
    {
        // η̃²·b²·Var(g) has that slope where Var(g) = b^(slope − 2).
        var sweep = GoldenSweep.Of(["grid,8,2^-8,0.8 0.8 0.8"], Spec + $"batchNorm: {norm}\n", with: r => r with { UpdateVariance = [.. new[] { 2, 8, 32 }.Select(b => new VariancePoint(0, b, Math.Pow(b, slope - 2 + (0.001 * r.Replica))))] });
        Assert.Equal(verdict, Judge(10, sweep).Verdict);
    }

    [Fact]
    public void What_is_not_complete_tests_no_claim_about_the_best()
    {
        var claims = PaperClaims.Judge([Sweep([.. SmallWins[..^1], "confirm,128,2^-9,0.60 ? ?"])]);
        Assert.Equal(10, claims.Count);
        Assert.All(claims, c => Assert.Equal(Verdict.Untested, c.Verdict));
        Assert.All(claims, c => Assert.All(c.Findings, f => Assert.NotEmpty(f.Reason)));
    }

    private static SweepResults Sweep(string[] rows, string spec = Spec, string name = "golden") => GoldenSweep.Of(rows, spec.Replace("name: golden", $"name: {name}", StringComparison.Ordinal), name);

    private static CurvePoint Point(int epoch, double accuracy) => new(epoch, 10 * epoch, 1, accuracy, 1, accuracy, null);

    private static ClaimReport Judge(int claim, params SweepResults[] sweeps) => PaperClaims.Judge(sweeps)[claim - 1];
}
