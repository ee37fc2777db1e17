using System.Collections;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.Configurations;

/// <summary>Which attempt of what a line of a log belongs to: a scope for loggers, read when a line is written.</summary>
/// <param name="read">The sweep's name, the configuration's key, the attempt's number and its token; null where there is none.</param>
public sealed class AttemptIds(Func<(string? Sweep, string Configuration, int? Attempt, LeaseToken? Token)> read) : IEnumerable<KeyValuePair<string, object?>>
{
    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        var (sweep, configuration, attempt, token) = read();
        yield return new(nameof(sweep), sweep);
        yield return new(nameof(configuration), configuration);
        yield return new(nameof(attempt), attempt);
        yield return new(nameof(token), token);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => string.Join(' ', this.Where(i => i.Value is not null).Select(i => $"{i.Key} {i.Value}"));
}
