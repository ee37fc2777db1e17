using SmallBatch.Contracts.Audit;
using SmallBatch.Tls;

namespace SmallBatch.Client.Cluster;

/// <summary>Tells with each call who makes it: the user and machine of this console, and the name on its certificate.</summary>
/// <param name="tls">Its certificate; null for none.</param>
internal sealed class ConsoleCaller(TlsFolder? tls) : IOutgoingGrainCallFilter
{
    /// <summary>The user and machine.</summary>
    public static string User { get; } = $"{Environment.UserName} at {Environment.MachineName}";

    public Task Invoke(IOutgoingGrainCallContext context)
    {
        RequestContext.Set(CallerName.Key, tls is null ? User : $"{User} ({tls.Current().Certificate.Subject})");
        return context.Invoke();
    }
}
