namespace Orleans.Storage;

/// <summary>A write or clear found another ETag than its own: somebody else wrote first. Nothing was changed. It reaches a caller beyond the silo whole.</summary>
[GenerateSerializer, Alias("SmallBatch.AzureStorage.TableStorageUpdateConditionNotSatisfied")]
public sealed class TableStorageUpdateConditionNotSatisfiedException(string grainId, string stateName, string tableName, string? currentETag, Exception inner)
    : InconsistentStateException($"State '{stateName}' of {grainId} in table {tableName} was changed by somebody else; our ETag was {currentETag ?? "none"}. Nothing was written.", "Unknown", currentETag, inner)
{
    /// <summary>Grain whose state it is.</summary>
    [Id(0)]
    public string GrainId { get; private set; } = grainId;

    /// <summary>Table that holds it.</summary>
    [Id(1)]
    public string TableName { get; private set; } = tableName;
}
