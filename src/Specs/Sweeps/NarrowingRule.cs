namespace SmallBatch.Specs.Sweeps;

/// <summary>Replicas are added to those that a cell begins with, where that can still change the answer.</summary>
/// <param name="Max">The most that a cell may have, up to 1000.</param>
/// <param name="Until">Half the 95 % interval of a cell's mean that is wanted, points of accuracy, above 0 and up to 100.</param>
public sealed record NarrowingRule(int Max, double Until);
