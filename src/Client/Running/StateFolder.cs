using System.Text.Json;
using SmallBatch.Client.Cluster;

namespace SmallBatch.Client.Running;

/// <summary>A folder cannot be used.</summary>
internal sealed class StateFolderException(string message) : Exception(message);

/// <summary>The folder that a local cluster keeps everything in: held by one program at a time.</summary>
internal sealed class StateFolder : IDisposable
{
    /// <summary>How an exception says that another process holds a file: EAGAIN of Linux and macOS, a sharing violation of Windows.</summary>
    private static readonly int[] IsLocked = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream held;
    private readonly string endpoint;

    private StateFolder(string path, FileStream held)
    {
        (Path, this.held) = (path, held);
        endpoint = EndpointFile(path);
    }

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>Azurite's files.</summary>
    public string Store => System.IO.Path.Combine(Path, "azurite");

    /// <summary>The silo's log.</summary>
    public string SiloLog => System.IO.Path.Combine(Path, "logs", "silo.log");

    /// <summary>Trainers' scratch files.</summary>
    public string Work => System.IO.Path.Combine(Path, "work");

    /// <summary>The file that tells other consoles how to reach the cluster.</summary>
    public static string EndpointFile(string folder) => System.IO.Path.Combine(folder, "endpoint.json");

    /// <summary>Looks whether another program holds the folder, and makes nothing. Throws <see cref="StateFolderException"/> where one does.</summary>
    public static void Look(string folder)
    {
        var path = System.IO.Path.GetFullPath(folder);
        try
        {
            using var free = new FileStream(LockFile(path), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure) when (IsLocked.Contains(failure.HResult))
        {
            throw Held(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Not there yet, or not to be used: taking it says so.
        }
    }

    /// <summary>Takes the folder, making it where it is missing. Throws <see cref="StateFolderException"/> with what is in the way.</summary>
    public static StateFolder Take(string folder)
    {
        var path = System.IO.Path.GetFullPath(folder);
        try
        {
            Directory.CreateDirectory(System.IO.Path.Combine(path, "azurite"));
            Directory.CreateDirectory(System.IO.Path.Combine(path, "logs"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, failure);
        }

        FileStream? folderLock = null;
        try
        {
            folderLock = new FileStream(LockFile(path), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(OwnerFile(path), $"{Environment.ProcessId}");

            // What trainers had there when an earlier run was killed; nobody else's, under the lock.
            var work = Directory.CreateDirectory(System.IO.Path.Combine(path, "work"));
            work.Delete(recursive: true);
            work.Create();
            return new(path, folderLock);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            var held = folderLock is null && IsLocked.Contains(failure.HResult);
            folderLock?.Dispose();
            throw held ? Held(path) : Unwritable(path, failure);
        }
    }

    /// <summary>Tells other consoles how to reach the cluster.</summary>
    public void Publish(ClusterAddress address) => File.WriteAllText(endpoint, JsonSerializer.Serialize(address));

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(endpoint);
        held.Dispose();
    }

    private static string LockFile(string path) => System.IO.Path.Combine(path, "lock");

    private static string OwnerFile(string path) => System.IO.Path.Combine(path, "owner");

    private static StateFolderException Held(string path) =>
        new($"{path}: found it held by process {(File.Exists(OwnerFile(path)) ? File.ReadAllText(OwnerFile(path)) : "unknown")}, wanted it free; wait for that run, end it, or name another folder by --state DIR. A silo that has it takes sweeps: 'smallbatch sweep submit SPEC'.");

    private static StateFolderException Unwritable(string path, Exception failure) =>
        new($"{path}: found that it cannot be written ({failure.Message.TrimEnd('.')}), wanted a folder that can be written; name another by --state DIR.");
}
