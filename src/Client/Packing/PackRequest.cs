namespace SmallBatch.Client.Packing;

/// <summary>What is to be packed how.</summary>
/// <param name="Root">The data folder.</param>
/// <param name="Kind">Kind of dataset.</param>
/// <param name="Name">Name of the pack.</param>
/// <param name="Size">Side of the stored squares, pixels, 8 to 1024.</param>
/// <param name="SkipBroken">Leave out what cannot be decoded.</param>
internal sealed record PackRequest(string Root, string Kind, string Name, int Size, bool SkipBroken);

/// <summary>How far a packing is.</summary>
/// <param name="Done">Images done, those left out included.</param>
/// <param name="Total">All of them.</param>
/// <param name="Skipped">Left out.</param>
internal readonly record struct PackProgress(int Done, int Total, int Skipped);
