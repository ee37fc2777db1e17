using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Options;
using SmallBatch.Silo.Settings;
using SmallBatch.Silo.Storage;

namespace SmallBatch.Silo.Backups;

/// <summary><c>SmallBatch.Silo store backup|restore FOLDER</c>: what the console's verbs of that name run, since this program knows the store.</summary>
internal static class StoreVerbs
{
    private const int Failed = 1;
    private const int BadInput = 2;

    /// <summary>Runs one. Answers the exit code: 0 done, 1 failed, 2 folder, store or settings are not fit.</summary>
    public static async Task<int> RunAsync(string verb, string folder, IConfiguration configuration, CancellationToken cancellationToken)
    {
        var (storage, cluster) = (configuration.GetSection("Storage").Get<StorageSettings>() ?? new(), configuration.GetSection("Cluster").Get<ClusterSettings>() ?? new());
        var errors = storage.Validate(new(storage)).Select(e => e.ErrorMessage!).ToList();
        if (errors.Count > 0)
        {
            errors.ForEach(Console.Error.WriteLine);
            return BadInput;
        }

        await using var services = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System).AddSingleton<StoreMetrics>().AddSingleton<StorageClients>().AddSingleton(Options.Create(storage)).BuildServiceProvider();
        var clients = services.GetRequiredService<StorageClients>();
        try
        {
            var manifest = await (verb == "backup" ? BackupAsync : (Verb)RestoreAsync)(clients.Tables(new()), clients.Blobs(), cluster.ServiceId, new(folder), cancellationToken);
            Say(string.Create(
                CultureInfo.InvariantCulture,
                $"{(verb == "backup" ? "backed up" : "restored")}: {manifest.Files.Where(f => f.Kind == ListedKind.Table).Sum(f => f.Count)} rows, {manifest.Files.Where(f => f.Kind == ListedKind.Container).Sum(f => f.Count)} blobs, {manifest.Files.Sum(f => f.Bytes + f.ContentBytes)} bytes; {manifest.Began:yyyy-MM-dd HH:mm:ss}Z to {manifest.Ended:HH:mm:ss}Z; release {manifest.Release}, format {manifest.StoreFormat}"));
            return 0;
        }
        catch (Exception unfit) when (unfit is BackupException or StoreFormatException)
        {
            Console.Error.WriteLine(unfit.Message);
            return BadInput;
        }
        catch (Exception failure) when (failure is RequestFailedException or AggregateException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"The {verb} ended: {failure.Message.Split('\n')[0]}. Run it again{(verb == "backup" ? ", into an empty folder." : ": it goes on.")}");
            return Failed;
        }
    }

    private delegate Task<BackupManifest> Verb(TableServiceClient tables, BlobServiceClient blobs, string serviceId, BackupFolder folder, CancellationToken cancellationToken);

    private static Task<BackupManifest> BackupAsync(TableServiceClient tables, BlobServiceClient blobs, string serviceId, BackupFolder folder, CancellationToken cancellationToken) =>
        new StoreBackup(tables, blobs, serviceId, TimeProvider.System, Say).TakeAsync(folder, cancellationToken);

    private static Task<BackupManifest> RestoreAsync(TableServiceClient tables, BlobServiceClient blobs, string serviceId, BackupFolder folder, CancellationToken cancellationToken) =>
        new StoreRestore(tables, blobs, serviceId, Say).RunAsync(folder, cancellationToken);

    private static void Say(string line) => Console.WriteLine(line);
}
