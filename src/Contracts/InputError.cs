namespace SmallBatch.Contracts;

/// <summary>One thing wrong with what a user gave: where it stands, what was found there and what was wanted.</summary>
/// <param name="Path">Where: a path within the specification (<c>batchSizes[3]</c>) or a file.</param>
/// <param name="Found">What was found there.</param>
/// <param name="Wanted">What would have been right, and what to do where that is not obvious.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.input-error")]
public sealed record InputError(string Path, string Found, string Wanted);
