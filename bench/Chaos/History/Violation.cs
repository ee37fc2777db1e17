namespace SmallBatch.Bench.Chaos.History;

/// <summary>A rule that a history breaks.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Configuration">Whose history.</param>
/// <param name="What">What was found.</param>
internal sealed record Violation(string Rule, string Configuration, string What)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Rule}: {Configuration}: {What}";
}
