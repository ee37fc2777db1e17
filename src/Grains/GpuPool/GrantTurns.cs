namespace SmallBatch.Grains.GpuPool;

/// <summary>Waiting requests taking turns, by <see cref="GrantPolicy"/>'s order; what is granted counts for the turns that follow.</summary>
internal sealed class GrantTurns
{
    private readonly GpuPoolOptions options;
    private readonly TimeSpan now;
    private readonly PriorityQueue<Team, (int Level, int Priority, double Share, TimeSpan Since, long Arrival)> teams = new();
    private (Team Team, Sweep Sweep)? last;

    /// <param name="waiting">Who waits; not to be changed before the last turn is taken.</param>
    /// <param name="held">Who holds how much already.</param>
    /// <param name="options">The teams' settings.</param>
    /// <param name="now">On the pool's clock.</param>
    public GrantTurns(WaitingQueue waiting, Holdings held, GpuPoolOptions options, TimeSpan now)
    {
        this.options = options;
        this.now = now;
        foreach (var ofTeam in waiting.Sweeps.GroupBy(s => s.Key.Team, StringComparer.Ordinal))
        {
            var team = new Team(options.Team(ofTeam.Key), held.Teams.GetValueOrDefault(ofTeam.Key));
            foreach (var (key, requests) in ofTeam)
            {
                var lastHeld = held.LastHeld.GetValueOrDefault(key.Sweep, requests.Since);
                Queue(team, new(requests.InOrder, held.Sweeps.GetValueOrDefault(key), requests.Since > lastHeld ? requests.Since : lastHeld));
            }

            Queue(team);
        }
    }

    /// <summary>Who is next, or null where nobody waits any more. Each is named once.</summary>
    public GrantTurn? Next()
    {
        if (last is var (before, its))
        {
            if (its.Head is not null)
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
        return new(sweep.Take(), team.Level, Steps(sweep));
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
        var head = sweep.Head!;
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

        public GrantLevel Level => GrantPolicy.Level(Options, Held);
    }

    private sealed class Sweep
    {
        private readonly IEnumerator<WaitingRequest> waiting;

        public Sweep(IEnumerable<WaitingRequest> waiting, int held, TimeSpan since)
        {
            this.waiting = waiting.GetEnumerator();
            (Held, Since) = (held, since);
            Take();
        }

        /// <summary>Whose turn is next, or null.</summary>
        public WaitingRequest? Head { get; private set; }

        public int Held { get; set; }

        public TimeSpan Since { get; }

        public WaitingRequest Take()
        {
            var head = Head;
            Head = waiting.MoveNext() ? waiting.Current : null;
            return head!;
        }
    }
}
