namespace SmallBatch.Contracts.Audit;

/// <summary>A grain's method by which a person changes something: each call from outside is a line of the audit log.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AuditedAttribute : Attribute;
