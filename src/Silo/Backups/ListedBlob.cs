namespace SmallBatch.Silo.Backups;

/// <summary>One blob in a backup.</summary>
/// <param name="Name">Its name in its container.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Of its content, lower-case hex: the name of the file that has it.</param>
internal sealed record ListedBlob(string Name, long Bytes, string Sha256);
