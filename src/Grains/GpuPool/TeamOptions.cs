namespace SmallBatch.Grains.GpuPool;

/// <summary>How a team shares the pool's slots with others.</summary>
public sealed class TeamOptions
{
    /// <summary>Largest weight of a team, and of a sweep within its team.</summary>
    public const int MostWeight = 1000;

    /// <summary>Of a team without settings.</summary>
    internal static readonly TeamOptions None = new();

    /// <summary>Its share of the slots beyond quotas, against other teams' weights, 1 to 1000. Default 1.</summary>
    public int Weight { get; set; } = 1;

    /// <summary>Slots that it can count on: others use them while it needs fewer, and give them back when it asks. Default 0.</summary>
    public int Quota { get; set; }

    /// <summary>Slots that it holds at most, those beyond its quota included. Default: as many as there are.</summary>
    public int? Limit { get; set; }

    /// <summary>What is wrong with the settings of a team of this name, each with the section's key.</summary>
    internal IEnumerable<string> Errors(string name)
    {
        if (Weight is < 1 or > MostWeight)
        {
            yield return $"Pool:Teams:{name}:Weight: found {Weight}, wanted a whole number from 1 to {MostWeight}.";
        }

        if (Quota < 0)
        {
            yield return $"Pool:Teams:{name}:Quota: found {Quota}, wanted a number of slots from 0.";
        }

        if (Limit < Math.Max(1, Quota))
        {
            yield return $"Pool:Teams:{name}:Limit: found {Limit}, wanted {(Quota > 1 ? $"at least its quota, {Quota} slots" : "at least 1 slot")}, or none.";
        }
    }
}
