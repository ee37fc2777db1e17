namespace SmallBatch.Contracts.Sweeps;

/// <summary>Two things in the store that do not agree.</summary>
/// <param name="Where">Key of the row, or name of the blob.</param>
/// <param name="What">What does not agree.</param>
/// <param name="Remedy">What to do about it.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.disagreement")]
public sealed record Disagreement(string Where, string What, string Remedy);

/// <summary>What the store holds of a sweep, and what in it does not agree.</summary>
/// <param name="SweepId">The sweep's id.</param>
/// <param name="Configurations">Configurations that it plans.</param>
/// <param name="ResultRows">Result rows that can be read.</param>
/// <param name="AttemptRows">Attempt rows that can be read.</param>
/// <param name="StateRows">Configurations that have a row of their own.</param>
/// <param name="Checkpoints">Blobs of checkpoints.</param>
/// <param name="Logs">Blobs of logs.</param>
/// <param name="Disagreements">Empty where all agrees.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.sweep-verification")]
public sealed record SweepVerification(
    string SweepId,
    int Configurations,
    int ResultRows,
    int AttemptRows,
    int StateRows,
    int Checkpoints,
    int Logs,
    Disagreement[] Disagreements);
