namespace SmallBatch.Silo.Trainers;

/// <summary>A part of a checkpoint's way.</summary>
internal enum CheckpointPhase
{
    /// <summary>The trainer writes the file; nothing trains meanwhile.</summary>
    Write,

    /// <summary>The file goes into the store, and its configuration takes it.</summary>
    Commit,

    /// <summary>It is fetched, to resume from.</summary>
    Fetch,
}
