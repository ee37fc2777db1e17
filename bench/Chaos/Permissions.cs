using SmallBatch.Bench.Chaos.Network;
using SmallBatch.Bench.Chaos.Silos;
using SmallBatch.Bench.Chaos.Strikes;

namespace SmallBatch.Bench.Chaos;

/// <summary>What this machine permits, and why not where it does not.</summary>
/// <param name="Network">A network of namespaces; null where there is none.</param>
/// <param name="Disks">Whether silos get disks of their own.</param>
/// <param name="Refusals">Reasons, by what is not permitted.</param>
internal sealed record Permissions(NetworkOfNamespaces? Network, bool Disks, IReadOnlyDictionary<Permission, string> Refusals) : IAsyncDisposable
{
    /// <summary>Tries each, where a kind needs it.</summary>
    public static async Task<Permissions> FindAsync(IReadOnlyList<StrikeKind> kinds, int seed)
    {
        var refusals = new Dictionary<Permission, string>();
        NetworkOfNamespaces? network = null;
        if (kinds.Any(k => k.Needs == Permission.Network))
        {
            (network, var refusal) = await NetworkOfNamespaces.CreateAsync(seed);
            Add(Permission.Network, refusal);
        }

        var needsDisks = kinds.Any(k => k.Needs == Permission.SmallDisk);
        if (needsDisks)
        {
            var (code, output) = await Processes.RunAsync("unshare", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs -o size=1m none /mnt");
            Add(Permission.SmallDisk, code == 0 ? null : $"no disk of its own for a process: {output.Trim()}");
        }

        if (kinds.Any(k => k.Needs == Permission.MemoryLimit))
        {
            Add(Permission.MemoryLimit, MemoryLimit.Refusal());
        }

        return new(network, needsDisks && !refusals.ContainsKey(Permission.SmallDisk), refusals);

        void Add(Permission permission, string? refusal)
        {
            if (refusal is not null)
            {
                refusals[permission] = refusal;
            }
        }
    }

    /// <summary>Why a kind cannot be run; null where it can.</summary>
    public string? Refusal(StrikeKind kind) => kind.Needs is { } needs ? Refusals.GetValueOrDefault(needs) : null;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Network?.DisposeAsync() ?? ValueTask.CompletedTask;
}
