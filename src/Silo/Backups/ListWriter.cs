using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace SmallBatch.Silo.Backups;

/// <summary>Writes one file of a backup, a line of JSON at a time, and knows its hash.</summary>
internal sealed class ListWriter : IAsyncDisposable
{
    private readonly FileStream file;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ArrayBufferWriter<byte> line = new();
    private readonly Utf8JsonWriter json;
    private readonly (string Folder, string Name, ListedKind Kind, string Of) what;
    private long count;
    private long contentBytes;

    /// <summary>Begins a file that is not there yet.</summary>
    /// <param name="folder">The backup's folder.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="kind">What it lists.</param>
    /// <param name="of">The table or container.</param>
    public ListWriter(string folder, string name, ListedKind kind, string of)
    {
        what = (folder, name, kind, of);
        file = new(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 1 << 16, useAsync: true);
        json = new(line);
    }

    /// <summary>Adds a line.</summary>
    /// <param name="write">Writes the line's one value.</param>
    /// <param name="content">Length of what lies beside it, in bytes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task AddAsync(Action<Utf8JsonWriter> write, long content, CancellationToken cancellationToken)
    {
        line.ResetWrittenCount();
        json.Reset();
        write(json);
        await json.FlushAsync(cancellationToken);
        line.GetSpan(1)[0] = (byte)'\n';
        line.Advance(1);
        hash.AppendData(line.WrittenSpan);
        await file.WriteAsync(line.WrittenMemory, cancellationToken);
        (count, contentBytes) = (count + 1, contentBytes + content);
    }

    /// <summary>Ends it, on the disk.</summary>
    public ListedFile Done()
    {
        file.Flush(flushToDisk: true);
        return new(what.Name, what.Kind, what.Of, count, file.Length, contentBytes, Convert.ToHexStringLower(hash.GetCurrentHash()));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await json.DisposeAsync();
        hash.Dispose();
        await file.DisposeAsync();
    }
}
