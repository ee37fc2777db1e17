namespace SmallBatch.Grains.GpuPool;

/// <summary>Waiting requests taking turns, by <see cref="GrantPolicy"/>'s order; what is granted counts for the turns that follow.</summary>
internal sealed class GrantTurns
{
    private readonly GpuPoolOptions options;
    private readonly TimeSpan now;
    private readonly PriorityQueue<Team, (int Level, int Priority, double Share, TimeSpan Since, long Arrival)> teams = new();
    private (Team Team, Sweep Sweep)? last;

    public GrantTurns(IEnumerable<WaitingRequest> waiting, Holdings held, GpuPoolOptions options, TimeSpan now)
    {
        this.options = options;
        this.now = now;
        foreach (var ofTeam in waiting.GroupBy(w => w.Share.Team, StringComparer.Ordinal))
        {
            var team = new Team(options.Team(ofTeam.Key), held.Teams.GetValueOrDefault(ofTeam.Key));
            foreach (var ofSweep in ofTeam.GroupBy(w => w.Request.SweepId, StringComparer.Ordinal))
            {
                var since = ofSweep.Min(w => w.Since);
                var lastHeld = held.LastHeld.GetValueOrDefault(ofSweep.Key, since);
                var requests = ofSweep.OrderByDescending(w => w.Request.Priority).ThenBy(w => w.Request.Order).ThenBy(w => w.Arrival);
                Queue(team, new(new(requests), held.Sweeps.GetValueOrDefault((ofTeam.Key, ofSweep.Key)), since > lastHeld ? since : lastHeld));
            }

            Queue(team);
        }
    }

    /// <summary>Who is next, or null where nobody waits any more. Each is named once.</summary>
    public GrantTurn? Next()
    {
        if (last is var (before, its))
        {
            if (its.Waiting.Count > 0)
            {
                Queue(before, its);
            }

            if (before.Sweeps.Count > 0)
            {
                Queue(before);
            }

            last = null;
        }

        if (!teams.TryDequeue(out var team, out _))
        {
            return null;
        }

        var sweep = team.Sweeps.Dequeue();
        last = (team, sweep);
        return new(sweep.Waiting.Dequeue(), team.Level, Steps(sweep));
    }

    /// <summary>Who was named last has a slot.</summary>
    public void Granted()
    {
        if (last is var (team, sweep))
        {
            team.Held++;
            sweep.Held++;
        }
    }

    private void Queue(Team team, Sweep sweep)
    {
        var head = sweep.Waiting.Peek();
        team.Sweeps.Enqueue(sweep, (-(head.Request.Priority + Steps(sweep)), (double)sweep.Held / head.Share.Weight, sweep.Since, head.Arrival));
    }

    /// <summary>A team stands where its first sweep does.</summary>
    private void Queue(Team team)
    {
        team.Sweeps.TryPeek(out _, out var first);
        teams.Enqueue(team, ((int)team.Level, first.Priority, (double)team.Held / team.Options.Weight, first.Since, first.Arrival));
    }

    private int Steps(Sweep sweep) => AgingPolicy.Steps(sweep.Held, sweep.Since, now, options.AgeAfter);

    private sealed class Team(TeamOptions options, int held)
    {
        public TeamOptions Options { get; } = options;

        public int Held { get; set; } = held;

        public PriorityQueue<Sweep, (int Priority, double Share, TimeSpan Since, long Arrival)> Sweeps { get; } = new();

        public GrantLevel Level => Held < Options.Quota ? GrantLevel.Guaranteed : Held >= Options.Limit ? GrantLevel.Limited : GrantLevel.Shared;
    }

    private sealed class Sweep(Queue<WaitingRequest> waiting, int held, TimeSpan since)
    {
        public Queue<WaitingRequest> Waiting { get; } = waiting;

        public int Held { get; set; } = held;

        public TimeSpan Since { get; } = since;
    }
}
