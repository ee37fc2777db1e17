using System.Security.Cryptography;
using System.Text.Json;

namespace SmallBatch.Silo.Backups;

/// <summary>A backup's folder: lists a line a row or blob, contents of blobs under their hashes, and the manifest.</summary>
internal sealed class BackupFolder(string path)
{
    private const string ManifestName = "manifest.json";

    /// <summary>Its path.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    private string Contents => System.IO.Path.Combine(Path, "blobs");

    private string Manifest => System.IO.Path.Combine(Path, ManifestName);

    /// <summary>Makes it. Throws <see cref="BackupException"/> where something is in it: nothing is ever overwritten.</summary>
    public void Begin()
    {
        if (Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any())
        {
            var found = File.Exists(Manifest) ? "a backup" : Directory.Exists(Contents) ? "a backup that was not finished" : "files";
            throw new BackupException($"{Path}: found {found}, wanted an empty folder or none; name another, or delete it.");
        }

        Directory.CreateDirectory(Contents);
    }

    /// <summary>Begins a list.</summary>
    public ListWriter List(string file, ListedKind kind, string of) => new(Path, file, kind, of);

    /// <summary>Where a blob's content lies.</summary>
    public string ContentOf(string sha256) => System.IO.Path.Combine(Contents, sha256);

    /// <summary>Stores a blob's content under its hash. Answers its length and hash.</summary>
    public async Task<(long Bytes, string Sha256)> KeepAsync(Stream content, CancellationToken cancellationToken)
    {
        var partial = System.IO.Path.Combine(Contents, $".{Guid.NewGuid():N}");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var file = new FileStream(partial, FileMode.CreateNew, FileAccess.Write))
        {
            var buffer = new byte[1 << 16];
            for (int read; (read = await content.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            file.Flush(flushToDisk: true);
        }

        var (bytes, sha256) = (new FileInfo(partial).Length, Convert.ToHexStringLower(hash.GetCurrentHash()));
        File.Move(partial, ContentOf(sha256), overwrite: true);
        return (bytes, sha256);
    }

    /// <summary>Ends it: from now on it is a backup.</summary>
    public void Finish(BackupManifest manifest)
    {
        var partial = Manifest + ".partial";
        using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, manifest, BackupManifest.Text);
            file.Flush(flushToDisk: true);
        }

        File.Move(partial, Manifest);
    }

    /// <summary>
    /// Reads the manifest and compares every byte with it. Answers it, with its own hash. Throws <see cref="BackupException"/> with all that is
    /// wrong.
    /// </summary>
    public async Task<(BackupManifest Manifest, string Sha256)> VerifyAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Manifest))
        {
            throw new BackupException($"{Path}: found no {ManifestName}, wanted a backup that was finished; the manifest is written last.");
        }

        var bytes = await File.ReadAllBytesAsync(Manifest, cancellationToken);
        var manifest = Read(bytes);
        var wrong = new List<string>();
        foreach (var list in manifest.Files)
        {
            await VerifyAsync(list, wrong, cancellationToken);
        }

        return wrong.Count == 0
            ? (manifest, Convert.ToHexStringLower(SHA256.HashData(bytes)))
            : throw new BackupException(string.Join('\n', wrong));
    }

    /// <summary>The lines of a list.</summary>
    public IAsyncEnumerable<string> LinesAsync(ListedFile list, CancellationToken cancellationToken) => File.ReadLinesAsync(System.IO.Path.Combine(Path, list.File), cancellationToken);

    /// <summary>The blobs of a list.</summary>
    public IAsyncEnumerable<ListedBlob> BlobsAsync(ListedFile list, CancellationToken cancellationToken) =>
        LinesAsync(list, cancellationToken).Select(l => JsonSerializer.Deserialize<ListedBlob>(l, BackupManifest.Line)!);

    private BackupManifest Read(byte[] bytes)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize<BackupManifest>(bytes, BackupManifest.Text)!;
            return manifest.Form == BackupManifest.CurrentForm
                ? manifest
                : throw new BackupException($"{Manifest}: found form {manifest.Form}, written by release {manifest.Release}, wanted {BackupManifest.CurrentForm}; restore with that release, then upgrade.");
        }
        catch (JsonException damaged)
        {
            throw new BackupException($"{Manifest}: found no manifest, wanted one as 'smallbatch store backup' writes it: {damaged.Message}");
        }
    }

    private async Task VerifyAsync(ListedFile list, List<string> wrong, CancellationToken cancellationToken)
    {
        var file = System.IO.Path.Combine(Path, list.File);
        var before = wrong.Count;
        await CompareAsync(file, list.Bytes, list.Sha256, wrong, cancellationToken);
        if (wrong.Count > before || list.Kind == ListedKind.Table)
        {
            return;
        }

        await foreach (var blob in BlobsAsync(list, cancellationToken))
        {
            await CompareAsync(ContentOf(blob.Sha256), blob.Bytes, blob.Sha256, wrong, cancellationToken);
        }
    }

    private static async Task CompareAsync(string file, long bytes, string sha256, List<string> wrong, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            wrong.Add($"{file}: found no such file, wanted one of {bytes} bytes; the backup is not whole.");
            return;
        }

        await using var content = File.OpenRead(file);
        var found = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
        if (content.Length != bytes || found != sha256)
        {
            wrong.Add($"{file}: found {content.Length} bytes with SHA-256 {found}, wanted {bytes} with {sha256}; the backup is damaged.");
        }
    }
}
