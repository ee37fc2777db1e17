using System.Text.Json;
using SmallBatch.Client.Cluster;

namespace SmallBatch.Client.Running;

/// <summary>A folder cannot be used.</summary>
internal sealed class StateFolderException(string message) : Exception(message);

/// <summary>The folder that a local cluster keeps everything in: held by one program at a time.</summary>
internal sealed class StateFolder : IDisposable
{
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

    /// <summary>Takes the folder, making it where it is missing. Throws <see cref="StateFolderException"/> with what is in the way.</summary>
    public static StateFolder Take(string folder)
    {
        var path = System.IO.Path.GetFullPath(folder);
        try
        {
            Directory.CreateDirectory(System.IO.Path.Combine(path, "azurite"));
            Directory.CreateDirectory(System.IO.Path.Combine(path, "logs"));
            Directory.CreateDirectory(System.IO.Path.Combine(path, "work"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, failure);
        }

        FileStream? held = null;
        var (file, owner) = (System.IO.Path.Combine(path, "lock"), System.IO.Path.Combine(path, "owner"));
        try
        {
            held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(owner, $"{Environment.ProcessId}");
            return new(path, held);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            var locked = held is null && CanBeWritten(file);
            held?.Dispose();
            throw locked ? Held(path, owner) : Unwritable(path, failure);
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

    /// <summary>Whether the file can be opened by one who does not want it alone.</summary>
    private static bool CanBeWritten(string file)
    {
        try
        {
            using var shared = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static StateFolderException Held(string path, string owner) =>
        new($"{path}: found it held by process {(File.Exists(owner) ? File.ReadAllText(owner) : "unknown")}, wanted it free; wait for that run, end it, or name another folder by --state DIR.");

    private static StateFolderException Unwritable(string path, Exception failure) =>
        new($"{path}: found that it cannot be written ({failure.Message.TrimEnd('.')}), wanted a folder that can be written; name another by --state DIR.");
}
