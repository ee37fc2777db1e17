using System.Globalization;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Results;

namespace SmallBatch.Bench.Report;

/// <summary>
/// A complete sweep of any size whose numbers come from one seed: accuracy falls away from a best η̃ that moves with m, what is too
/// fast diverges, every replica has a curve of all its epochs and the bits of 10,000 test images.
/// </summary>
internal static class GeneratedSweep
{
    private const int TrainImages = 50_000, TestImages = 10_000, Seeds = 5, Epochs = 80;

    /// <summary>So many batch sizes, each with one η̃ fewer, and one more configuration of fresh seeds.</summary>
    public static SweepResults Of(int side)
    {
        int[] sizes = [.. Enumerable.Range(2, side)];
        string[] rates = [.. Enumerable.Range(0, side - 1).Select(i => Math.Pow(2, -12 + (12d * i / (side - 2))).ToString("E5", CultureInfo.InvariantCulture))];
        var spec = $"name: generated\ndataset: cifar10\nnetwork: resnet8\nbatchSizes: [{string.Join(", ", sizes)}]\nbaseLearningRates: [{string.Join(", ", rates)}]\nreplicas: {Seeds}\nconfirm: {Seeds}\nepochs: {Epochs}\n";
        var chance = new Random(1);
        var plan = new List<PlannedConfiguration>();
        var replicas = new List<ReplicaResult>();
        foreach (var m in sizes)
        {
            foreach (var rate in rates)
            {
                Add(Stage.Grid, m, rate);
            }
        }

        var grid = replicas.Where(r => r.Score is not null).GroupBy(r => (r.BatchSize, r.BaseLearningRate)).Where(c => c.Count() == Seeds).ToList();
        foreach (var best in grid.GroupBy(c => c.Key.BatchSize).Select(m => m.MaxBy(c => c.Average(r => r.Score))!.Key).ToList())
        {
            Add(Stage.Confirm, best.BatchSize, best.BaseLearningRate);
        }

        var sweep = new SweepSnapshot(
            "generated", "generated-1", spec, "cifar10 (50000 train, 10000 test)", TrainImages, TestImages, "resnet8", $"{Epochs} epochs", Seeds, Seeds,
            plan.Count, plan.Count, "generated", SweepPhase.Completed, 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(9), null);
        RunRow[] runs = [.. plan.Select(p => new RunRow(p.Key, p.Stage, p.BatchSize, p.BaseLearningRate, new(
            1, "1.1", "host-1", "cuda:0", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddMinutes(5), AttemptEnd.Completed, null, 290.5, 0, p.Updates)))];
        return new(sweep, "resnet8", [.. replicas], runs, Analyst.Analyse(sweep, plan, replicas));

        void Add(Stage stage, int m, string rate)
        {
            var updates = Epochs * ((TrainImages + (long)m - 1) / m);
            plan.Add(new($"{stage}.{m}.{rate}", stage, m, rate, $"{m:x8}{plan.Count:x8}", Seeds, Epochs, updates, 290));
            for (var seed = 0; seed < Seeds; seed++)
            {
                replicas.Add(Replica(stage, m, rate, seed, updates, plan[^1].SettingsHash, chance));
            }
        }
    }

    private static ReplicaResult Replica(Stage stage, int m, string rate, int seed, long updates, string hash, Random chance)
    {
        var log = Math.Log2(double.Parse(rate, CultureInfo.InvariantCulture));
        var offBest = log + 7 - (0.3 * Math.Log2(m));
        var final = Math.Max(0.12, 0.9 - (0.012 * offBest * offBest) - (0.004 * Math.Log2(m)) + (0.004 * Normal(chance)));
        long? divergedAt = log + Math.Log2(m) > 4 + (0.5 * Normal(chance)) ? updates / 3 : null;
        var curve = new CurvePoint[divergedAt is null ? Epochs : Epochs / 3];
        for (var epoch = 0; epoch < curve.Length; epoch++)
        {
            var accuracy = 0.1 + ((final - 0.1) * (1 - Math.Exp(-(epoch + 1) / 12d))) + (0.003 * Normal(chance));
            curve[epoch] = new(epoch + 1, updates * (epoch + 1) / Epochs, 2.3 * (1 - accuracy), accuracy + 0.02, 2.5 * (1 - accuracy), accuracy, 0.4 + (0.1 * chance.NextDouble()));
        }

        var correct = divergedAt is null ? new byte[TestImages / 8] : null;
        chance.NextBytes(correct ?? []);
        double? Finite(double value) => divergedAt is null ? value : null;
        return new(
            stage, m, rate, hash, seed, divergedAt is null ? OutcomeKind.Trained : OutcomeKind.Diverged, divergedAt, Finite(final), Finite(curve[^1].TestAccuracy),
            Finite(curve[^1].TrainLoss), Finite(curve[^1].TestLoss), updates, curve, [], correct);
    }

    private static double Normal(Random chance) => Math.Sqrt(-2 * Math.Log(1 - chance.NextDouble())) * Math.Cos(2 * Math.PI * chance.NextDouble());
}
