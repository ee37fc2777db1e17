using SmallBatch.Contracts.Audit;

namespace SmallBatch.Client.Cluster;

/// <summary>Tells with each call who makes it.</summary>
/// <param name="certificate">The name on this console's certificate; null for none.</param>
internal sealed class ConsoleCaller(string? certificate) : IOutgoingGrainCallFilter
{
    private readonly string name = certificate is null ? User : $"{User} ({certificate})";

    /// <summary>The user and machine.</summary>
    public static string User { get; } = $"{Environment.UserName} at {Environment.MachineName}";

    public Task Invoke(IOutgoingGrainCallContext context)
    {
        RequestContext.Set(CallerName.Key, name);
        return context.Invoke();
    }
}
