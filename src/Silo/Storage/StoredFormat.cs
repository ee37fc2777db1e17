using Azure;

namespace SmallBatch.Silo.Storage;

/// <summary>What the store says of its format.</summary>
/// <param name="Number">The newest format that anybody has written in it.</param>
/// <param name="Release">The release that wrote it first.</param>
/// <param name="Restoring">The backup that is being restored into it; null where none is.</param>
/// <param name="Tag">The row's tag.</param>
internal sealed record StoredFormat(int Number, string Release, string? Restoring, ETag Tag);

/// <summary>This program may not use the store as it is. The message says what was found, what was wanted and what to do.</summary>
internal sealed class StoreFormatException(string message) : Exception(message);
