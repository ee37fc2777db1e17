namespace SmallBatch.Specs.Sweeps;

/// <summary>The sweep whose best base learning rate of each batch size this one trains.</summary>
/// <param name="Sweep">Its name.</param>
/// <param name="SweepId">Its id when it was asked; null before.</param>
public sealed record FirstStage(string Sweep, string? SweepId);
