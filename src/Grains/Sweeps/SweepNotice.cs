namespace SmallBatch.Grains.Sweeps;

/// <summary>Something about a sweep that people are told; stored with what it tells of.</summary>
/// <param name="Id">The same however often it is sent.</param>
/// <param name="Kind"><see cref="Finished"/>, <see cref="Failed"/> or <see cref="NeedsAttention"/>.</param>
/// <param name="Sweep">The sweep's name.</param>
/// <param name="SweepId">Its id.</param>
/// <param name="At">When it happened.</param>
/// <param name="Text">A sentence or two for people.</param>
/// <param name="Receivers">Names of those that have not got it yet.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.sweep-notice")]
public sealed record SweepNotice(string Id, string Kind, string Sweep, string SweepId, DateTimeOffset At, string Text, string[] Receivers)
{
    /// <summary>Every configuration has its results.</summary>
    public const string Finished = "finished";

    /// <summary>It is over, and some configurations were given up.</summary>
    public const string Failed = "failed";

    /// <summary>Somebody may want to do something: a configuration was given up while the others go on, or the limit has ended it.</summary>
    public const string NeedsAttention = "needs-attention";
}
