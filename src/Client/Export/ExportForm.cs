namespace SmallBatch.Client.Export;

/// <summary>In which form results are written.</summary>
internal enum ExportForm
{
    /// <summary>Comma-separated values.</summary>
    Csv,

    /// <summary>Apache Parquet: typed columns.</summary>
    Parquet,

    /// <summary>One JSON document, by docs/results.schema.json.</summary>
    Json,

    /// <summary>Event files that TensorBoard reads.</summary>
    TensorBoard,
}
