namespace SmallBatch.Client.Azurite;

/// <summary>Something that this machine lacks, or that is in the way: the message says what was found, what was wanted and what to do.</summary>
internal sealed class SetupException(string message) : Exception(message);
