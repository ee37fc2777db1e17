namespace SmallBatch.Cluster.Tests.Console;

/// <summary>A silo whose trainers are simulated, and a sweep that they have trained.</summary>
public sealed class CompleteSweep : IAsyncLifetime
{
    /// <summary>Without drops, before each of which a checkpoint would be written that may come too late to be told of.</summary>
    public const string Spec = """
        name: chaos
        dataset: { kind: synthetic, trainImages: 160, testImages: 60 }
        network: tiny.yaml
        batchSizes: [8, 16]
        baseLearningRates: { 8: [2^-9, 2^-8, 2^-7, 2^-6], 16: [2^-9, 2^-8, 2^-7, 2^-6] }
        replicas: 3
        confirm: 3
        epochs: 45
        schedule: { dropAt: [] }
        """;

    internal TestCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await StartAsync();

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    /// <summary>Such a cluster.</summary>
    internal static async Task<TestCluster> StartAsync()
    {
        var cluster = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        await cluster.AddSiloAsync(2, "--Simulation:Duration=0.2s..0.9s", "--Simulation:Diverging=0.05");
        await using var connection = await cluster.ConnectAsync();
        await TestCluster.SubmitAsync(connection, Spec);
        await TestCluster.ResultsAsync(connection);
        return cluster;
    }

    /// <summary>Types what lets <c>smallbatch</c> in a terminal speak to that silo, and a screen without that.</summary>
    internal static async Task<Terminal> OpenAsync(TestCluster cluster, int silo, int columns, int rows)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(own.Parent!.Parent!.FullName, "Client", own.Name, "smallbatch");
        var terminal = await Terminal.StartAsync(columns, rows);
        await terminal.TypeAsync($"smallbatch() {{ '{program}' \"$@\" --gateway {cluster.Addresses[silo].Gateway} --cluster-id {cluster.Addresses[silo].ClusterId}; echo \"exit $?\"; }}; clear");
        await terminal.UntilAsync(s => s.TrimEnd() == "$", "the shell asks again");
        return terminal;
    }
}
