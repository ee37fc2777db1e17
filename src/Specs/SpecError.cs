namespace SmallBatch.Specs;

/// <summary>One thing wrong with what a user gave.</summary>
/// <param name="Path">Where: a path within the specification (<c>batchSizes[3]</c>), a layer (<c>layers[4]</c>) or a file.</param>
/// <param name="Found">What was found there.</param>
/// <param name="Wanted">What would have been right, with what to do about it where that is not obvious.</param>
public sealed record SpecError(string Path, string Found, string Wanted)
{
    /// <summary>The error as one line: <c>batchSizes[3]: found 0, wanted a whole number from 1 to 65536</c>.</summary>
    public override string ToString() => $"{Path}: found {Found}, wanted {Wanted}";
}
