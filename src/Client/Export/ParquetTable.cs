using System.IO.Compression;
using Parquet;
using Parquet.Schema;

namespace SmallBatch.Client.Export;

/// <summary>A Parquet file's columns, each computed from a row.</summary>
internal sealed class ParquetTable<TRow>
{
    /// <summary>Rows that are held at once.</summary>
    private const int RowGroup = 1 << 18;

    /// <summary>Its own default is the smallest size, which takes many times as long; a column of many values is told by its first ones.</summary>
    private static readonly ParquetOptions Options = new() { CompressionMethod = CompressionMethod.Zstd, CompressionLevel = CompressionLevel.Fastest, DictionaryEncodingSampleSize = 1 << 12 };
    private readonly List<DataField> fields = [];
    private readonly List<Func<ParquetRowGroupWriter, TRow[], Task>> columns = [];

    /// <summary>Adds a column of numbers.</summary>
    public ParquetTable<TRow> Number<T>(string name, Func<TRow, T> value)
        where T : struct
    {
        var field = new DataField<T>(name);
        return Add(field, (group, rows) => group.WriteAsync(field, new ReadOnlyMemory<T>(Array.ConvertAll(rows, r => value(r)))));
    }

    /// <summary>Adds a column of numbers that may be missing.</summary>
    public ParquetTable<TRow> Optional<T>(string name, Func<TRow, T?> value)
        where T : struct
    {
        var field = new DataField<T?>(name);
        return Add(field, (group, rows) => group.WriteAsync(field, new ReadOnlyMemory<T?>(Array.ConvertAll(rows, r => value(r)))));
    }

    /// <summary>Adds a column of texts.</summary>
    public ParquetTable<TRow> Text(string name, Func<TRow, string> value)
    {
        var field = new DataField<string>(name);
        return Add(field, (group, rows) => group.WriteAsync(field, Array.ConvertAll(rows, r => value(r))));
    }

    /// <summary>Writes the file.</summary>
    public async Task WriteAsync(string path, IEnumerable<TRow> rows, CancellationToken cancellationToken)
    {
        await using var stream = File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream, Options, cancellationToken: cancellationToken);
        foreach (var chunk in rows.Chunk(RowGroup))
        {
            using var group = writer.CreateRowGroup();
            foreach (var column in columns)
            {
                await column(group, chunk);
            }
        }
    }

    private ParquetTable<TRow> Add(DataField field, Func<ParquetRowGroupWriter, TRow[], Task> write)
    {
        fields.Add(field);
        columns.Add(write);
        return this;
    }
}
