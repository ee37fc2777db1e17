using System.Globalization;
using Azure.Storage.Blobs;
using SmallBatch.Bench.Chaos.Strikes;
using SmallBatch.Contracts.Configurations;

namespace SmallBatch.Cluster.Tests;

/// <summary>A checkpoint that is damaged in the store: the one before is used, and the log says so.</summary>
public sealed class CheckpointTests(UndisturbedRun undisturbed)
{
    private const int Stop = 19;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_damaged_newest_checkpoint_costs_the_steps_since_the_one_before_and_no_byte(bool truncated)
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 1);
        await using var connection = await cluster.ConnectAsync();
        var sweep = await TestCluster.SubmitAsync(connection);
        var container = new BlobServiceClient(cluster.ConnectionString).GetBlobContainerClient(Checkpoints.Container);
        IReadOnlyList<string> blobs = [];
        var key = (await TestCluster.UntilEpochAsync(connection, sweep, 5)).Key;
        await Processes.UntilAsync(async () => await StepAsync() is not null && (blobs = await Checkpoints.ListAsync(cluster.ConnectionString, $"{key}/", Token)).Count >= 2, "two checkpoints are stored");

        // A trainer that stands still writes no other; what was on its way arrives.
        var trainer = Processes.Descendants(cluster.Silos[0].ProcessId).Single(p => p.Command.Contains("SmallBatch.Training", StringComparison.Ordinal)).Id;
        Processes.Signal(trainer, Stop);
        await Processes.UntilAsync(
            async () => (blobs = await Checkpoints.ListAsync(cluster.ConnectionString, $"{key}/", Token)).Count >= 2 && await StepAsync() == StepOf(blobs[^1]),
            "the newest checkpoint is committed");
        await DamageAsync(container.GetBlobClient(blobs[^1]), truncated);
        Processes.Signal(trainer, Processes.KillSignal);

        var (csv, results) = await TestCluster.ResultsAsync(connection);
        Assert.Equal(undisturbed.Csv, csv);
        Assert.Equal(StepOf(blobs[^2]), results.Runs.Single(r => r.Key == key && r.Run.Attempt == 2).Run.ResumedFromStep);

        // A log is stored after the outcome that it tells of.
        string? log = null;
        await Processes.UntilAsync(async () => (log = await connection.Grains.GetGrain<IConfigurationGrain>(key).Log(2, Token)) is not null, "the log is stored");
        Assert.Contains("; skipped checkpoint ", log, StringComparison.Ordinal);

        async Task<long?> StepAsync() => (await connection.Grains.GetGrain<IConfigurationGrain>(key).Describe())!.CheckpointStep;
    }

    private static async Task DamageAsync(BlobClient blob, bool truncated)
    {
        var bytes = (await blob.DownloadContentAsync(Token)).Value.Content.ToArray();
        bytes[bytes.Length / 2] ^= 1;
        await blob.UploadAsync(BinaryData.FromBytes(truncated ? bytes[..(bytes.Length / 2)] : bytes), overwrite: true, Token);
    }

    private static long StepOf(string name) => long.Parse(Path.GetFileNameWithoutExtension(name).Split('-')[^1], CultureInfo.InvariantCulture);
}
