using Azure.Data.Tables;

namespace SmallBatch.Protocol.Tests;

/// <summary>A write of lease rows whose caller gave up, and that may still take effect.</summary>
internal sealed record LateWrite(IReadOnlyList<TableTransactionAction> Actions);
