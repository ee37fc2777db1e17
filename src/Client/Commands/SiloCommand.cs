using System.CommandLine;
using System.Globalization;
using SmallBatch.Client.Azurite;
using SmallBatch.Client.Cluster;
using SmallBatch.Client.Running;
using SmallBatch.Client.Views;

namespace SmallBatch.Client.Commands;

/// <summary><c>silo</c>: a silo in the foreground, with an Azurite of its own where no store is named.</summary>
internal sealed class SiloCommand(CommandContext context)
{
    private readonly Option<int> siloPort = CommandOptions.Whole("--silo-port", "Port for other silos", 11111);
    private readonly Option<int> gatewayPort = CommandOptions.Whole("--gateway-port", "Port for consoles", 30000);
    private readonly Option<int> httpPort = CommandOptions.Whole("--http-port", "Port for the page, the HTTP API and health", 8080);
    private readonly Option<string> clusterId = new("--cluster-id") { Description = "The cluster's id", DefaultValueFactory = _ => ClusterAddress.Default.ClusterId };
    private readonly Option<string?> data = SpecInput.Data();

    /// <summary>The command.</summary>
    public Command Create() => context.Plain(
        "silo",
        "Runs a silo until Ctrl-C. The store is named by SMALLBATCH_Storage__ConnectionString; without it, Azurite is started in --state.\n\n  smallbatch silo --data /data",
        RunAsync, context.State, clusterId, data, siloPort, gatewayPort, httpPort);

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        StateFolder.Look(parsed.GetValue(context.State)!);
        var ports = new LocalPorts(parsed.GetValue(siloPort), parsed.GetValue(gatewayPort), parsed.GetValue(httpPort));
        var taken = new[] { ("--silo-port", ports.Silo), ("--gateway-port", ports.Gateway), ("--http-port", ports.Http) }
            .Where(p => p.Item2 is < 1 or > 65535 || !FreePorts.IsFree(p.Item2))
            .Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Item1}: found {p.Item2}, {(p.Item2 is < 1 or > 65535 ? "no port" : "which is in use")}, wanted a free port from 1 to 65535"))
            .ToList();
        if (taken.Count > 0)
        {
            throw new BadInputException(taken);
        }

        var connection = Environment.GetEnvironmentVariable("SMALLBATCH_Storage__ConnectionString");
        if (string.IsNullOrEmpty(connection))
        {
            _ = AzuriteLocation.Find();
        }

        var folder = StateFolder.Take(parsed.GetValue(context.State)!);
        LocalCluster cluster;
        try
        {
            cluster = await LocalCluster.StartAsync(folder, string.IsNullOrEmpty(connection) ? null : connection, parsed.GetValue(clusterId)!, ports, parsed.GetValue(data), cancellationToken);
        }
        catch
        {
            folder.Dispose();
            throw;
        }

        await using (cluster)
        {
            Output.Plain(context.Console, $"The silo is ready: gateway {cluster.Address.Gateway}, cluster {cluster.Address.ClusterId}. Ctrl-C ends it; what trains then goes on when it is started again.");
            Output.Plain(context.Console, $"page  {cluster.Page}\nlog   {folder.SiloLog}");
            try
            {
                await cluster.Ended.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return ExitCode.Ok;
            }

            throw new CommandFailedException(cluster.HowItEnded);
        }
    }
}
