namespace SmallBatch.Pictures;

/// <summary>A picture that cannot be drawn from these results.</summary>
/// <param name="Kind">What it would show.</param>
/// <param name="Sweep">The sweep's name.</param>
/// <param name="Reason">What is missing.</param>
public sealed record NotDrawn(PictureKind Kind, string Sweep, string Reason);
