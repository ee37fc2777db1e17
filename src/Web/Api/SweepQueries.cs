using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Web.Api;

/// <summary>Finds what a request names.</summary>
internal static class SweepQueries
{
    /// <summary>The sweep of that name, or null. A name that no sweep can have asks no grain.</summary>
    public static async Task<SweepSnapshot?> FindAsync(IGrainFactory grains, string name) =>
        SweepSpecReader.IsName(name) ? await grains.GetGrain<ISweepGrain>(name).Describe() : null;

    /// <summary>How the sweep stands.</summary>
    public static Task<SweepStatus> StatusAsync(IGrainFactory grains, SweepSnapshot sweep) => grains.GetGrain<IAggregatorGrain>(sweep.SweepId).Status();

    /// <summary>Whether the sweep plans a configuration of that key. Only those are asked, so that no request wakes a grain of a key of its own making.</summary>
    public static async Task<bool> HasAsync(IGrainFactory grains, SweepSnapshot sweep, string key) => (await grains.GetGrain<ISweepGrain>(sweep.Name).Configurations()).Any(c => c.Key == key);
}
