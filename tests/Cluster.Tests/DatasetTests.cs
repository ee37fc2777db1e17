using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Tests;

namespace SmallBatch.Cluster.Tests;

/// <summary>Data files that are damaged between submission and training, on real silos and trainers.</summary>
public sealed class DatasetTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("smallbatch-data-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_pack_damaged_after_submission_fails_its_configurations_with_the_image_and_other_sweeps_go_on()
    {
        var pack = Path.Combine(folder, "birds.pack");
        HandMadePack.Write(pack, train: 24, test: 8);
        await using var cluster = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        await cluster.AddSiloAsync(0, $"--Trainer:DataRoot={folder}");
        await using var connection = await cluster.ConnectAsync();
        var damaged = await SubmitAsync(connection, "damaged", "{ kind: folder, path: birds }");
        var whole = await SubmitAsync(connection, "whole", "{ kind: synthetic, trainImages: 24, testImages: 12 }");
        var bytes = await File.ReadAllBytesAsync(pack, TestContext.Current.CancellationToken);
        bytes[^2000] ^= 1;
        await File.WriteAllBytesAsync(pack, bytes, TestContext.Current.CancellationToken);
        await cluster.AddSiloAsync(2, $"--Trainer:DataRoot={folder}");
        var cells = new List<CellStatus>();
        await Processes.UntilAsync(
            async () =>
            {
                cells = [.. (await connection.Grains.GetGrain<IAggregatorGrain>(damaged).Status()).Cells, .. (await connection.Grains.GetGrain<IAggregatorGrain>(whole).Status()).Cells];
                return cells.All(c => c.Status is ConfigurationStatus.Failed or ConfigurationStatus.Completed);
            },
            "every cell has ended");
        Assert.Equal(
            [ConfigurationStatus.Failed, ConfigurationStatus.Failed, ConfigurationStatus.Completed, ConfigurationStatus.Completed],
            cells.Select(c => c.Status));
        Assert.All(cells.Take(2), c => Assert.Contains($"{pack}: found image", c.Reason, StringComparison.Ordinal));
        Assert.All(cells.Take(2), c => Assert.Equal(1, c.Attempt));
    }

    private static async Task<string> SubmitAsync(Client.Cluster.ClusterConnection connection, string name, string dataset)
    {
        var spec = $"name: {name}\ndataset: {dataset}\nnetwork: n.yaml\nbatchSizes: [4]\nbaseLearningRates: [2^-7, 2^-6]\nreplicas: 2\nconfirm: 0\nepochs: 2";
        var reply = await connection.Grains.GetGrain<ISweepGrain>(name).Submit(new(spec, "layers: [{averagePool: global}, {linear: {outputs: classes}}]"), TestContext.Current.CancellationToken);
        Assert.Empty(reply.Errors);
        return reply.Sweep!.SweepId;
    }
}
