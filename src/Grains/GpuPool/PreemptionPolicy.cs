namespace SmallBatch.Grains.GpuPool;

/// <summary>A slot that a team holds.</summary>
/// <param name="Key">Its configuration.</param>
/// <param name="Team">The team.</param>
/// <param name="NumericsClass">What the slot is good for; null where it comes back to nobody, since its device takes no work.</param>
/// <param name="Leaves">Whether it is on its way back already.</param>
/// <param name="MayYield">Whether a training there can be asked for a last checkpoint.</param>
/// <param name="Since">Since when the lease is held.</param>
internal sealed record HeldSlot(string Key, string Team, string? NumericsClass, bool Leaves, bool MayYield, TimeSpan Since);

/// <summary>
/// Which trainings give way, purely: for each request of a team below its quota one, where no slot is on its way back, of a team that holds more
/// than its own quota. The team that has borrowed most for its weight gives first, and of its trainings the youngest. Never more than are asked for.
/// </summary>
internal static class PreemptionPolicy
{
    /// <summary>The configurations that give way, each with the team that it does so for.</summary>
    public static IReadOnlyDictionary<string, string> Choose(IReadOnlyCollection<HeldSlot> held, IReadOnlyDictionary<(string Team, string NumericsClass), int> waiting, GpuPoolOptions options)
    {
        var stay = held.Where(h => !h.Leaves).GroupBy(h => h.Team, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        var chosen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var ofClass in waiting.Where(w => w.Value > 0).GroupBy(w => w.Key.NumericsClass, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var slots = held.Where(h => h.NumericsClass == ofClass.Key).ToList();
            var leaving = slots.Count(h => h.Leaves);
            var donors = slots.Where(h => h is { Leaves: false, MayYield: true })
                .GroupBy(h => h.Team, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => new Queue<HeldSlot>(g.OrderByDescending(h => h.Since).ThenBy(h => h.Key, StringComparer.Ordinal)), StringComparer.Ordinal);
            foreach (var ((team, _), count) in ofClass.OrderBy(w => w.Key.Team, StringComparer.Ordinal))
            {
                var wanted = Math.Min(count, options.Team(team).Quota - stay.GetValueOrDefault(team));
                for (; wanted > 0; wanted--)
                {
                    if (leaving > 0)
                    {
                        leaving--;
                    }
                    else if (Donor(donors, stay, options) is { } donor)
                    {
                        chosen[donors[donor].Dequeue().Key] = team;
                        stay[donor]--;
                    }
                    else
                    {
                        break;
                    }

                    stay[team] = stay.GetValueOrDefault(team) + 1;
                }
            }
        }

        return chosen;
    }

    private static string? Donor(Dictionary<string, Queue<HeldSlot>> donors, Dictionary<string, int> stay, GpuPoolOptions options) =>
        donors.Where(d => d.Value.Count > 0 && stay[d.Key] > options.Team(d.Key).Quota)
            .OrderByDescending(d => (double)(stay[d.Key] - options.Team(d.Key).Quota) / options.Team(d.Key).Weight).ThenBy(d => d.Key, StringComparer.Ordinal)
            .Select(d => d.Key).FirstOrDefault();
}
