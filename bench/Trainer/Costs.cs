using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using SmallBatch.Client.Azurite;
using SmallBatch.Silo.Storage;
using SmallBatch.Training.Natives;

namespace SmallBatch.Bench.Trainer;

/// <summary>What a training of ResNet-8 costs besides its steps.</summary>
internal sealed class Costs(int repeats, double seconds)
{
    /// <summary>Whose.</summary>
    public const string Network = "resnet8";

    private const double TrainToTest = 5;
    private const double CheckpointEvery = 60;

    /// <summary>Azurite saves its tables on a timer of 5 s.</summary>
    private static readonly TimeSpan SavedAfter = TimeSpan.FromSeconds(6);

    /// <summary>What was missed or met.</summary>
    public List<string> Targets { get; } = [];

    /// <summary>Everything at one batch size.</summary>
    public void Measure(int m)
    {
        using var product = new Product(Network, m, augment: true);
        var steps = Median(() => 1 / Rate.Of(product.Step, seconds).ByCpu);
        var data = Median(() => 1 / Rate.Of(product.BuildBatches, seconds / 4).ByCpu);
        var evaluation = Median(() => 1 / Rate.Of(product.Evaluate, seconds / 2).ByCpu);
        var share = evaluation / TrainToTest / ((evaluation / TrainToTest) + steps);
        var checkpoint = Median(() => Rate.Once(product.WriteCheckpoint).Wall);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{m,4}{1 / steps,12:F0}{1 / evaluation,12:F0}{100 * share,12:F1}{100 * data / steps,10:F1}{Allocated(product),14:F0}{1000 * checkpoint,14:F1}"));
        AtMost($"evaluation-m{m}", 100 * share, 10);
        if (m >= 32)
        {
            AtMost($"data-m{m}", 100 * data / steps, 3);
        }

        AtMost($"checkpoint-m{m}", 100 * checkpoint / CheckpointEvery, 1);
    }

    /// <summary>A configuration whose program is new to a trainer that has trained others: to the end of its first step.</summary>
    public void FirstStep()
    {
        new Product(Network, 8).Dispose();
        var number = 1;
        var times = Enumerable.Range(0, repeats).Select(_ =>
            Rate.Once(() => new Product(Network, 8, weightDecay: $"{++number}e-5", sizes: [Product.Replicas]).Dispose())).ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first step of a new configuration: {Rate.Median(times.Select(t => t.Cpu)):F2} s of CPU time, {Rate.Median(times.Select(t => t.Wall)):F2} s by the clock"));
        AtMost("first-step-s", Rate.Median(times.Select(t => t.Cpu)), 0.5);
    }

    /// <summary>
    /// Checkpoints uploaded as a silo does it, the one before the last deleted: processor time of everything, the store's own
    /// process and what it does afterwards by its timers included, and how long training is held up.
    /// </summary>
    public async Task UploadedCheckpointAsync()
    {
        const int checkpoints = 20;
        var data = Directory.CreateTempSubdirectory("smallbatch-azurite-");
        await using (var azurite = await AzuriteProcess.StartAsync(new(data.FullName)))
        {
            using var store = Process.GetProcessById(azurite.ProcessId);
            using var product = new Product(Network, 32, augment: true);
            var blobs = new CheckpointBlobs(new BlobServiceClient(azurite.ConnectionString));
            var (names, held) = (new List<string>(), new List<double>());
            await UploadAsync();
            held.Clear();
            var (own, stored) = (Rate.CpuNow, StoreCpu());
            for (var i = 0; i < checkpoints; i++)
            {
                await UploadAsync();
            }

            own = Rate.CpuNow - own;
            await Task.Delay(SavedAfter);
            stored = StoreCpu() - stored;
            var share = 100 * (own + stored) / checkpoints / CheckpointEvery;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"a checkpoint of {product.Checkpoint.Bytes / 1e6:F1} MB, uploaded: training held {1000 * Rate.Median(held):F1} ms; CPU time {1000 * own / checkpoints:F1} ms of trainer and upload, {1000 * stored / checkpoints:F1} ms of Azurite; {share:F2} % of a core at one each {CheckpointEvery:F0} s"));
            AtMost("checkpoint-uploaded", share, 1);

            async Task UploadAsync()
            {
                held.Add(Rate.Once(product.WriteCheckpoint).Wall);
                names.Add($"bench/{product.Checkpoint.Step:D12}.safetensors");
                await blobs.UploadAsync(names[^1], product.Checkpoint.Path, CancellationToken.None);
                await blobs.DeleteAsync(names.SkipLast(2).TakeLast(1), CancellationToken.None);
                File.Delete(product.Checkpoint.Path);
            }

            double StoreCpu()
            {
                store.Refresh();
                return store.TotalProcessorTime.TotalSeconds;
            }
        }

        data.Delete(recursive: true);
    }

    /// <summary>What two processes at once get of the machine, whatever they run: of two cores, and of their memory.</summary>
    public void TwoAtOnce()
    {
        foreach (var (work, what) in new[] { (Worker.Product, "products in the second-level cache"), (Worker.Copy, "copies from memory to memory") })
        {
            var (byCpu, byWall) = Twice(work);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"two at once against one, {what}: {byCpu:F2} by CPU time, {byWall:F2} by the clock"));
        }
    }

    /// <summary>Two trainers at once against one, each in its own process. By the clock, where the machine is idle; by CPU time, what they cost each other.</summary>
    public void TwoTrainers(int m)
    {
        var (byCpu, byWall) = Twice(m.ToString(CultureInfo.InvariantCulture));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"two trainers against one, m = {m}: {byCpu:F2} by CPU time, {byWall:F2} by the clock"));
        foreach (var (name, value) in new[] { ("clock", byWall), ("cpu", byCpu) })
        {
            Targets.Add(string.Create(CultureInfo.InvariantCulture, $"target two-trainers-m{m}-{name} {value:F2} 1.90 {(value >= 1.9 ? "met" : "short")}"));
        }
    }

    private (double ByCpu, double ByWall) Twice(string work)
    {
        string[] arguments = ["--worker", work, "--instruction-set", InstructionSet.Pinned.Name];
        using var first = new Peer(Environment.ProcessPath!, arguments);
        using var second = new Peer(Environment.ProcessPath!, arguments);
        Together([first, second]);
        var (one, two) = (new List<Rate>(), new List<Rate[]>());
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            one.Add(Together([first])[0]);
            two.Add(Together([first, second]));
        }

        return (
            Rate.Median(two.Select(r => r.Sum(t => t.ByCpu))) / Rate.Median(one.Select(r => r.ByCpu)),
            Rate.Median(two.Select(r => r.Sum(t => t.ByWall))) / Rate.Median(one.Select(r => r.ByWall)));
    }

    private Rate[] Together(Peer[] workers)
    {
        foreach (var worker in workers)
        {
            worker.Send(new JsonObject { ["seconds"] = seconds });
        }

        return [.. workers.Select(w => w.Receive().Deserialize<Rate>()!)];
    }

    private static double Allocated(Product product)
    {
        const int steps = 20;
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < steps; i++)
        {
            product.Step();
        }

        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)steps;
    }

    private double Median(Func<double> measure) => Rate.Median(Enumerable.Range(0, repeats).Select(_ => measure()).ToList());

    private void AtMost(string name, double value, double goal) =>
        Targets.Add(string.Create(CultureInfo.InvariantCulture, $"target {name} {value:F2} {goal:F2} {(value < goal ? "met" : "short")}"));
}
