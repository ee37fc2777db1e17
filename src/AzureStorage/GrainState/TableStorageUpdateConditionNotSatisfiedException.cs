using Orleans.Storage;

namespace SmallBatch.AzureStorage.GrainState;

/// <summary>A write or clear found another ETag than its own: somebody else wrote first. Nothing was changed.</summary>
public sealed class TableStorageUpdateConditionNotSatisfiedException(string grainId, string stateName, string table, string? currentETag, Exception inner)
    : InconsistentStateException($"State '{stateName}' of {grainId} in table {table} was changed by somebody else; our ETag was {currentETag ?? "none"}. Nothing was written.", "Unknown", currentETag, inner);
