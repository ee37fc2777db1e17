using System.CommandLine;
using SmallBatch.Client.Azurite;
using SmallBatch.Client.Cluster;
using SmallBatch.Client.Running;
using SmallBatch.Client.Views;

namespace SmallBatch.Client.Commands;

/// <summary><c>store backup|restore</c>.</summary>
internal sealed class StoreCommands(CommandContext context)
{
    private const string WhichStore =
        "The store is named by SMALLBATCH_Storage__ConnectionString, or SMALLBATCH_Storage__AccountName, as for a silo; without either it is the local one in --state, while neither 'run' nor 'silo' has it.";

    private readonly Option<string> service = new("--service-id") { Description = "The service's id, whose part of the store it is", DefaultValueFactory = _ => ClusterAddress.Default.ServiceId };
    private readonly Argument<string> folder = new("folder") { Description = "The backup's folder", HelpName = "FOLDER" };

    /// <summary>The commands.</summary>
    public Command Create()
    {
        var store = new Command("store", "Backs up everything that a cluster has stored, and restores it.");
        store.Add(context.Plain(
            "backup",
            $"Copies sweeps, configurations, results, attempts, logs and checkpoints into an empty folder, with a manifest of hashes that is written last. Silos may go on meanwhile. {WhichStore}\n\n  smallbatch store backup backups/2026-11-27",
            (parsed, cancellationToken) => RunAsync("backup", parsed, cancellationToken),
            folder, context.State, service));
        store.Add(context.Plain(
            "restore",
            $"Puts a backup into a store that has nothing of the service yet. Every byte is verified first; no silo joins before it is done; run again, it goes on where it was interrupted. {WhichStore}\n\n  smallbatch store restore backups/2026-11-27",
            (parsed, cancellationToken) => RunAsync("restore", parsed, cancellationToken),
            folder, context.State, service));
        return store;
    }

    private async Task<int> RunAsync(string verb, ParseResult parsed, CancellationToken cancellationToken)
    {
        string[] arguments = ["store", verb, Path.GetFullPath(parsed.GetValue(folder)!), $"--Cluster:ServiceId={parsed.GetValue(service)}"];
        if (IsNamed("ConnectionString") || IsNamed("AccountName"))
        {
            return await RunAsync(arguments, null, cancellationToken);
        }

        var state = parsed.GetValue(context.State)!;
        if (verb == "backup" && !Directory.Exists(state))
        {
            throw new BadInputException($"--state: found no folder {Path.GetFullPath(state)}, wanted that of a local cluster; name it, or the store by SMALLBATCH_Storage__ConnectionString.");
        }

        _ = AzuriteLocation.Find();
        using var local = StateFolder.Take(state);
        await using var azurite = await AzuriteProcess.StartAsync(new(local.Store), cancellationToken);
        return await RunAsync(arguments, azurite.ConnectionString, cancellationToken);
    }

    private Task<int> RunAsync(string[] arguments, string? connectionString, CancellationToken cancellationToken) =>
        SiloVerb.RunAsync(arguments, connectionString, line => Output.Plain(context.Console, line), context.Error, cancellationToken);

    private static bool IsNamed(string setting) => Environment.GetEnvironmentVariable($"SMALLBATCH_Storage__{setting}") is { Length: > 0 };
}
