namespace SmallBatch.Protocol.Tests;

/// <summary>What a search found.</summary>
/// <param name="States">Different states.</param>
/// <param name="Depth">Steps of the longest of the shortest ways.</param>
/// <param name="Exhausted">Whether every state within the bounds was seen.</param>
/// <param name="Broken">The promise that was broken first, with the shortest way to it; null for none.</param>
/// <param name="Length">Steps of that way.</param>
/// <param name="Seconds">Time taken.</param>
internal sealed record Finding(int States, int Depth, bool Exhausted, string? Broken, int Length, double Seconds);
