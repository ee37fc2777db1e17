namespace SmallBatch.Grains.Results;

/// <summary>A row that cannot be read.</summary>
/// <param name="Table">Its table.</param>
/// <param name="RowKey">Its key in the sweep's partition.</param>
/// <param name="Problem">What is wrong with it.</param>
internal sealed record DamagedRow(string Table, string RowKey, string Problem);
