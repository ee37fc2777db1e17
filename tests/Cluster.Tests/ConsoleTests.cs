using System.Text.Json;
using Azure.Storage.Blobs;
using SmallBatch.Client.Doctor;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Cluster.Tests;

/// <summary>Every command against a running silo.</summary>
public sealed class ConsoleTests(UndisturbedRun undisturbed) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("smallbatch-console-").FullName;
    private TestCluster? cluster;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_sweep_is_submitted_watched_looked_at_and_exported()
    {
        await using var started = await StartAsync(slots: 2);
        Assert.Equal((0, ""), (await RunAsync("sweep", "list", "-o", "csv")) is var (c, o, _) ? (c, string.Join('\n', o.Split('\n')[1..]).Trim()) : default);
        Assert.Contains("chaos would be a new sweep: 0 of 12 runs are stored, 12 would train, predicted about ", (await RunAsync("sweep", "preview", Spec(TestCluster.Spec))).Output, StringComparison.Ordinal);
        Assert.Contains("chaos fits within 1h as it is, predicted about ", (await RunAsync("sweep", "preview", Spec(TestCluster.Spec), "--within", "1h")).Output, StringComparison.Ordinal);
        var scaled = Json(await RunAsync("sweep", "preview", Spec(TestCluster.Spec.Replace("epochs: 45", "epochs: 99000", StringComparison.Ordinal)), "--scale", "-o", "json"));
        Assert.All(scaled.EnumerateArray(), r => Assert.InRange(r.GetProperty("updates").GetInt64(), 1, 60 * 98_999));
        Assert.Equal(2, (await RunAsync("sweep", "preview", Spec(TestCluster.Spec + "\nbatchNormBatchSize: 7\n"), "--scale")).Code);
        var (code, output, _) = await RunAsync("sweep", "submit", Spec(TestCluster.Spec));
        Assert.Equal(0, code);
        Assert.StartsWith("chaos: submitted, 4 configurations, chaos-", output, StringComparison.Ordinal);
        Assert.Contains("Predicted time: about ", output, StringComparison.Ordinal);
        Assert.StartsWith("chaos: unchanged", (await RunAsync("sweep", "submit", Spec(TestCluster.Spec))).Output, StringComparison.Ordinal);

        (code, output, _) = await RunAsync("sweep", "watch", "chaos");
        Assert.Equal(0, code);
        Assert.Contains("about ", output, StringComparison.Ordinal);
        Assert.Contains("chaos is completed: 6 of 6 configurations done", output, StringComparison.Ordinal);

        var sweep = Assert.Single(Json(await RunAsync("sweep", "list", "-o", "json")).EnumerateArray());
        Assert.Equal(("chaos", "completed", 6), (sweep.GetProperty("name").GetString(), sweep.GetProperty("phase").GetString(), sweep.GetProperty("ended").GetInt32()));
        Assert.Contains("│ chaos │ completed │", (await RunAsync("sweep", "list")).Output, StringComparison.Ordinal);
        Assert.Contains("completed, tiny.yaml on synthetic (160 train, 60 test), 45 epochs", (await RunAsync("sweep", "show", "chaos")).Output, StringComparison.Ordinal);

        var doctor = await RunAsync("doctor", "-o", "csv");
        Assert.Equal(0, doctor.Code);
        Assert.Contains("\nclock,ok,", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("\ndevices,ok,1 host with 2 slots; 0 waiting configurations,", doctor.Output, StringComparison.Ordinal);
        var late = await new ClusterChecks(new AnHourBehind()).RunAsync(cluster!.Addresses[0], named: true, endpoint: null, Token);
        Assert.Matches("^a silo's clock is 3[56][0-9][0-9] s ahead of this one$", Assert.Single(late, f => f is { Check: "clock", Verdict: Verdict.Problem }).Found);

        var clean = await RunAsync("sweep", "verify", "chaos");
        Assert.Equal(0, clean.Code);
        Assert.Contains(": 0 disagreements among 12 results, 6 attempts and 6 rows of 6 configurations", clean.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("sweep", "verify", "none")).Code);
        var foreign = $"{sweep.GetProperty("sweepId").GetString()}.m=4/notes.txt";
        var checkpoints = new BlobServiceClient(cluster!.ConnectionString).GetBlobContainerClient("smallbatch-checkpoints");
        await checkpoints.UploadBlobAsync(foreign, BinaryData.FromString("mine"), Token);
        var unclean = await RunAsync("sweep", "verify", "chaos", "-o", "csv");
        Assert.Equal((1, $"where,what,remedy\n{foreign},\"it lies among the checkpoints, and its name is none\",\"delete the blob, unless you know whose it is\""), (unclean.Code, unclean.Output.Trim()));
        await checkpoints.DeleteBlobAsync(foreign, cancellationToken: Token);

        var cells = (await RunAsync("config", "list", "chaos", "-o", "csv")).Output.Trim().Split('\n');
        var best = (await RunAsync("config", "list", "chaos", "--m", "8", "--sort", "score", "--limit", "2", "-o", "csv")).Output.Trim().Split('\n');
        Assert.Equal(3, best.Length);
        Assert.All(best[1..], c => Assert.StartsWith("8,", c, StringComparison.Ordinal));
        Assert.Equal(cells.Where(c => c.StartsWith("8,", StringComparison.Ordinal)).OrderByDescending(Score).Take(2), best[1..].OrderByDescending(Score));
        Assert.Single((await RunAsync("config", "list", "chaos", "--status", "failed", "-o", "csv")).Output.Trim().Split('\n'));
        Assert.Equal(2, (await RunAsync("config", "list", "chaos", "--limit", "-1")).Code);
        static double Score(string row) => double.Parse(row.Split(',')[5], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal("m,base_lr,stage,status,trained,score,std,epoch,attempt,host,eta_s,reason,key", cells[0]);
        Assert.Equal(6, cells[1..].Count(l => l.Contains(",completed,", StringComparison.Ordinal) && l.Contains(",45/45,1,", StringComparison.Ordinal)));
        var story = (await RunAsync("config", "show", "m=8.lr=2^-7", "--sweep", "chaos")).Output;
        Assert.Contains("completed; attempt 1", story, StringComparison.Ordinal);
        Assert.Contains("done: its rows are stored", story, StringComparison.Ordinal);
        Assert.Contains("training from step 0", (await RunAsync("config", "log", "m=8.lr=2^-7", "--sweep", "chaos")).Output, StringComparison.Ordinal);
        Assert.Equal(2, Json(await RunAsync("pool", "show", "-o", "json")).GetProperty("hosts")[0].GetProperty("devices")[0].GetProperty("slots").GetArrayLength());

        Assert.Contains("All of its 12 runs are stored: nothing is left to train.", (await RunAsync("sweep", "submit", Spec(TestCluster.Spec))).Output, StringComparison.Ordinal);
        Assert.Contains("chaos is the sweep that is there: 12 of 12 runs are stored, 0 would train", (await RunAsync("sweep", "preview", Spec(TestCluster.Spec))).Output, StringComparison.Ordinal);
        Assert.Contains("chaos: best test accuracy against m, %\n", (await RunAsync("results", "plot", "chaos", "--inline")).Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(undisturbed.Csv, (await RunAsync("results", "show", "chaos", "-o", "csv")).Output);
        Assert.Contains("performs best", (await RunAsync("results", "show", "chaos")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("results", "export", "chaos", "--out", folder)).Code);
        Assert.Equal(undisturbed.Csv, await File.ReadAllTextAsync(Path.Combine(folder, "results.csv"), Token));
        Assert.Equal(7, File.ReadLines(Path.Combine(folder, "runs.csv")).Count());
    }

    [Fact]
    public async Task What_waits_says_why_and_when_and_a_cancelled_sweep_is_watched_to_a_failure()
    {
        await using var started = await StartAsync(slots: 1);
        await RunAsync("sweep", "submit", Spec(TestCluster.Spec));
        await using var connection = await started.ConnectAsync();
        await TestCluster.UntilEpochAsync(connection, (await connection.Grains.GetGrain<ISweepGrain>("chaos").Describe())!, 2);
        var waiting = Json(await RunAsync("config", "list", "chaos", "-o", "json")).EnumerateArray().Where(c => c.GetProperty("status").GetString() == "queued").ToList();
        Assert.NotEmpty(waiting);
        Assert.All(waiting, c => Assert.Matches("^place [1-9] in the queue for 1 slot$", c.GetProperty("reason").GetString()!));
        Assert.All(waiting, c => Assert.True(c.GetProperty("etaSeconds").GetDouble() > 0));
        Assert.Equal((0, "chaos is paused: what trains stops after a last checkpoint; 'smallbatch sweep resume chaos' goes on."), await SayAsync("sweep", "pause", "chaos"));
        Assert.Contains("paused, ", (await RunAsync("sweep", "show", "chaos")).Output, StringComparison.Ordinal);
        Assert.Equal((0, "chaos goes on."), await SayAsync("sweep", "resume", "chaos"));
        Assert.Equal((0, "chaos has no configuration that was given up."), await SayAsync("sweep", "retry", "chaos", "--m", "8", "16"));
        Assert.Equal((0, "chaos is cancelled; its results so far stay."), await SayAsync("sweep", "cancel", "chaos"));
        Assert.Equal((1, "", "chaos is cancelled: there is nothing to pause."), (await RunAsync("sweep", "pause", "chaos")) is var (code, output, why) ? (code, output, why.Trim()) : default);
        Assert.Equal(1, (await RunAsync("sweep", "watch", "chaos")).Code);
        var (absent, _, errors) = await RunAsync("sweep", "show", "other");
        Assert.Equal((1, "sweep: found no 'other', wanted one of chaos"), (absent, errors.Trim()));
        (code, _, why) = await RunAsync("sweep", "delete", "chaos");
        Assert.Equal(2, code);
        Assert.StartsWith("--yes: found nothing, wanted --yes to delete chaos: the results of 0 of 4 configurations", why, StringComparison.Ordinal);
        Assert.Equal((0, "chaos is being deleted; interrupted, it goes on without this console.\nchaos is deleted."), await SayAsync("sweep", "delete", "chaos", "--yes"));
        Assert.Equal("sweep: found no 'chaos', wanted one of none: nothing was submitted yet", (await RunAsync("sweep", "show", "chaos")).Errors.Trim());
    }

    [Fact]
    public async Task What_is_wrong_here_and_at_the_silo_is_said_at_once_and_nothing_is_stored()
    {
        await using var started = await StartAsync(slots: 0);
        var spec = TestCluster.Spec.Replace("{ kind: synthetic, trainImages: 160, testImages: 60 }", "cifar10", StringComparison.Ordinal).Replace("replicas: 2", "replicas: 0", StringComparison.Ordinal);
        var (code, _, errors) = await RunAsync("sweep", "submit", Spec(spec));
        Assert.Equal(2, code);
        Assert.Equal(
            ["replicas: found 0, wanted a whole number from 1 to 1000", "dataset: found cifar10 without a data folder, wanted the folder that holds it, by --data DIR"],
            errors.Trim().Split('\n'));
        await using var connection = await started.ConnectAsync();
        Assert.Empty(await connection.Grains.GetGrain<ISweepIndexGrain>(0).List(Token));
        Assert.Null(await connection.Grains.GetGrain<ISweepGrain>("chaos").Describe());
    }

    private async Task<TestCluster> StartAsync(int slots) => cluster = await TestCluster.StartAsync(silos: 1, slots);

    private static JsonElement Json((int Code, string Output, string Errors) run)
    {
        Assert.Equal((0, ""), (run.Code, run.Errors));
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private string Spec(string text)
    {
        File.WriteAllText(Path.Combine(folder, "tiny.yaml"), TestCluster.Network);
        var path = Path.Combine(folder, "spec.yaml");
        File.WriteAllText(path, text);
        return path;
    }

    private async Task<(int Code, string Said)> SayAsync(params string[] arguments) =>
        await RunAsync(arguments) is var (code, output, errors) ? (code, $"{output}{errors}".Trim()) : default;

    private Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments) => cluster!.ConsoleAsync(0, arguments);

    private sealed class AnHourBehind : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddHours(-1);
    }
}
