namespace SmallBatch.Bench.Chaos.Strikes;

/// <summary>Strikes at moments drawn by chance, each kind as often as any other, until it has struck often enough.</summary>
internal sealed class Killer(Arena arena, IReadOnlyList<StrikeKind> kinds, Random chance, TimeProvider time, Action<string> tell, CancellationToken cancellationToken)
{
    private const double LeastPauseSeconds = 1;
    private const double MostPauseSeconds = 4;

    /// <summary>Strikes; answers what it did.</summary>
    public async Task<IReadOnlyList<Strike>> StrikeAsync(int strikes)
    {
        var done = new List<Strike>();
        var next = new Queue<StrikeKind>();
        await arena.SettleAsync();
        while (done.Count < strikes)
        {
            await arena.KeepBusyAsync();
            await Task.Delay(TimeSpan.FromSeconds(LeastPauseSeconds + ((MostPauseSeconds - LeastPauseSeconds) * chance.NextDouble())), time, cancellationToken);
            if (next.Count == 0)
            {
                var order = kinds.ToArray();
                chance.Shuffle(order);
                next = new(order);
            }

            if (await StrikeAsync(next.Dequeue()) is { } strike)
            {
                done.Add(strike);
                tell($"{done.Count,3} {strike.Kind,-18} {strike.Victim}{(strike.Remark is null ? "" : $", {strike.Remark}")}");
            }

            await arena.SettleAsync();
        }

        return done;
    }

    private async Task<Strike?> StrikeAsync(StrikeKind kind)
    {
        var seats = await kind.Choose(arena);
        if (seats.Count == 0)
        {
            // Nobody fits: the sweep has just ended what it trained.
            return null;
        }

        var leases = await arena.LeasesAsync(seats);
        var at = time.GetUtcNow();
        var remark = await kind.Act(arena, seats);
        return new(kind.Name, string.Join(" and ", seats.Select(arena.NameOf)), at, time.GetUtcNow(), leases, remark);
    }
}
