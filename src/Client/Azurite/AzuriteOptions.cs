namespace SmallBatch.Client.Azurite;

/// <summary>How Azurite is started.</summary>
/// <param name="Folder">Folder that it keeps its files in; null for memory only.</param>
/// <param name="BlobPort">Port of blobs; 0 for a free one.</param>
/// <param name="QueuePort">Port of queues, which it opens in any case; 0 for a free one.</param>
/// <param name="TablePort">Port of tables; 0 for a free one.</param>
/// <param name="Host">Address of this machine that it listens on.</param>
/// <param name="Heard">Takes a line for each request that it has answered; null where nobody counts them.</param>
internal sealed record AzuriteOptions(string? Folder, int BlobPort = 0, int QueuePort = 0, int TablePort = 0, string Host = "127.0.0.1", Action<string>? Heard = null);
