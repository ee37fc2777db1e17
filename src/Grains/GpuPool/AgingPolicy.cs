namespace SmallBatch.Grains.GpuPool;

/// <summary>
/// That no sweep waits for ever behind higher priorities, purely: while it holds no slot its priority rises by one step each time it has waited
/// for so long. With its first slot it has its own priority again, so that age never outweighs the shares of those that are served.
/// </summary>
internal static class AgingPolicy
{
    /// <summary>Steps that a sweep has gained that holds so many slots and has been waiting since.</summary>
    public static int Steps(int held, TimeSpan since, TimeSpan now, TimeSpan ageAfter) =>
        held > 0 || now <= since ? 0 : (int)Math.Min((now - since) / ageAfter, int.MaxValue / 2);
}
