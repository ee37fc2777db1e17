namespace SmallBatch.Specs.Scaling;

/// <summary>A key that a smaller form of a specification has otherwise, with both values as the canonical text writes them.</summary>
/// <param name="Key">The key.</param>
/// <param name="From">What was asked for; empty where the key was not there.</param>
/// <param name="To">What the smaller form has; empty where it has no such key.</param>
public sealed record ScaledKey(string Key, string From, string To);
