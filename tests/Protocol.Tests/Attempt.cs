using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Protocol.Tests;

/// <summary>One attempt on a host.</summary>
/// <param name="Lease">Under which lease.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Written">Step of a checkpoint that is not uploaded; 0 for none.</param>
/// <param name="Uploaded">Step of a checkpoint that is uploaded and not told; 0 for none.</param>
/// <param name="Number">Number of the last upload.</param>
/// <param name="End">How it ended; null while it trains.</param>
internal sealed record Attempt(Lease Lease, long Step, long Written, long Uploaded, int Number, AttemptEnd? End);
