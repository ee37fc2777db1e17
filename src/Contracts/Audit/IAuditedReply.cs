namespace SmallBatch.Contracts.Audit;

/// <summary>What an audited method answers.</summary>
public interface IAuditedReply
{
    /// <summary>Why nothing was changed; null where it was done, or was so already.</summary>
    string? Refusal { get; }
}
