namespace SmallBatch.Silo.Backups;

/// <summary>A backup or a store is not as it must be. The message says what was found, where, what was wanted and what to do.</summary>
internal sealed class BackupException(string message) : Exception(message);
