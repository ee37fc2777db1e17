using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Grains.GpuPool;

/// <summary>
/// What the pool knows and decides, without time, store or messages of its own: each operation changes the book, and
/// <see cref="TakeWrites"/> says which rows must follow. A lease is told to nobody before its row is stored.
/// </summary>
internal sealed partial class PoolBook
{
    private readonly Func<Guid> newId;
    private readonly GpuPoolOptions options;
    private readonly Dictionary<string, HostEntry> hosts = new(StringComparer.Ordinal);
    private readonly LeaseIndex leases;
    private readonly WaitingQueue queue = new();
    private readonly Dictionary<string, long> control = new(StringComparer.Ordinal);
    private readonly Dictionary<(string HostName, string? Device), OutageEntry> outages = [];
    private readonly Dictionary<string, TimeSpan> lastHeld = new(StringComparer.Ordinal);
    private readonly HashSet<string> dead = new(StringComparer.Ordinal);
    private readonly List<LeaseEntry> leftovers = [];
    private long sequence;
    private long arrivals;

    /// <summary>The book of an activation, empty.</summary>
    /// <param name="epoch">The activation's number.</param>
    /// <param name="newId">Makes each token's id.</param>
    /// <param name="options">Times, and how slots are shared.</param>
    public PoolBook(long epoch, Func<Guid> newId, GpuPoolOptions options)
    {
        Epoch = epoch;
        (this.newId, this.options) = (newId, options);
        leases = new(LeaseChanged);
    }

    /// <summary>This activation's number; part of every token it gives out.</summary>
    public long Epoch { get; }

    /// <summary>A configuration wants a slot.</summary>
    public RequestReply Request(LeaseRequest request, TimeSpan now)
    {
        if (leases.Find(request.ConfigurationKey) is { } entry)
        {
            switch (entry.Phase)
            {
                case LeasePhase.Granting or LeasePhase.Offered:
                    return new(RequestState.Offered, 0, null);
                case LeasePhase.Finishing:
                    return new(RequestState.Finishing, 0, "its trainer has ended and its outcome is on the way");
                case LeasePhase.Held when entry.Lease.Token == request.Token:
                    if (entry.Share != (request.Share ?? PoolShare.Default))
                    {
                        entry.Share = request.Share ?? PoolShare.Default;
                    }

                    return new(RequestState.Holds, 0, null);
                case LeasePhase.Held:
                    // The holder knows another token than the host's: its store lost the attempt. That training is nobody's.
                    Remove(entry, null, now);
                    break;
                default:
                    break;
            }
        }

        // The sweep was halted under that version, and goes on under a higher one if it does.
        if (request.ControlVersion <= control.GetValueOrDefault(request.SweepId))
        {
            return new(RequestState.Refused, 0, "its sweep was cancelled or paused after this request");
        }

        Wait(request, now);
        var (turn, position) = Place(request.ConfigurationKey, now);
        return new(RequestState.Waiting, position, WhyWaiting(RecentOrder(now), turn, position));
    }

    /// <summary>Whether that lease waits for its configuration to take it.</summary>
    public bool IsOffered(Lease lease) => Find(lease.ConfigurationKey, lease.Token) is { Phase: LeasePhase.Offered };

    /// <summary>The host acknowledged Start; false where the pool holds no such lease any more.</summary>
    public bool Started(string configurationKey, LeaseToken token, long heartbeatNumber, TimeSpan now)
    {
        if (Find(configurationKey, token) is not { Phase: LeasePhase.Offered or LeasePhase.Held } entry)
        {
            return false;
        }

        entry.Enter(LeasePhase.Held, now);
        entry.StartedAtHeartbeat = Math.Max(entry.StartedAtHeartbeat, heartbeatNumber);
        return true;
    }

    /// <summary>The holder gives the lease back, or its outcome is acknowledged.</summary>
    public void Release(string configurationKey, LeaseToken token, TimeSpan now)
    {
        if (Find(configurationKey, token) is { } entry)
        {
            Remove(entry, null, now);
        }
    }

    /// <summary>The host refused to start it: what is known of that host is wrong, so nothing is granted there before it has said more.</summary>
    public void Refused(Lease lease, long heartbeatNumber, TimeSpan now)
    {
        Release(lease.ConfigurationKey, lease.Token, now);
        if (hosts.TryGetValue(lease.Host, out var host))
        {
            host.RefusedAt = Math.Max(host.RefusedAt, heartbeatNumber);
        }
    }

    /// <summary>
    /// Forgets the sweep's older requests and takes back its older leases: of a cancel at once, of a pause once their hosts
    /// have given them up after a last checkpoint.
    /// </summary>
    public void WithdrawSweep(string sweepId, long controlVersion, SweepHalt halt, TimeSpan now)
    {
        control[sweepId] = Math.Max(controlVersion, control.GetValueOrDefault(sweepId));
        foreach (var waiting in queue.All.Where(w => w.Request.SweepId == sweepId && w.Request.ControlVersion < controlVersion).ToList())
        {
            Leave(waiting.Request.ConfigurationKey);
        }

        foreach (var entry in leases.All.Where(e => e.SweepId == sweepId && e.ControlVersion < controlVersion).ToList())
        {
            if (halt == SweepHalt.Cancel || entry.Phase == LeasePhase.Granting)
            {
                Remove(entry, halt == SweepHalt.Cancel ? "its sweep was cancelled" : "its sweep was paused", now);
            }
            else
            {
                // One that is only offered is declined, or its host may have it already.
                entry.Yielding = true;
                scheduleIsDue = true;
            }
        }
    }

    /// <summary>Whether a lease of the sweep older than this control version still has a row.</summary>
    public bool HoldsBefore(string sweepId, long controlVersion) =>
        leases.All.Any(e => e.SweepId == sweepId && e.ControlVersion < controlVersion);

    /// <summary>The numerics classes of devices in service, those with most slots first; simulated ones after every real one, so that no sweep is made up while it can be trained.</summary>
    public string[] NumericsClasses() =>
    [
        .. Classes().Where(c => c.Value.InService.Count > 0)
            .OrderBy(c => SimulatedNumerics.Is(c.Key)).ThenByDescending(c => c.Value.Slots).ThenBy(c => c.Key, StringComparer.Ordinal)
            .Select(c => c.Key),
    ];

    /// <summary>Slots in service of a numerics class.</summary>
    public int Slots(string numericsClass) =>
        OfClass(numericsClass).Slots;

    private LeaseEntry? Find(string configurationKey, LeaseToken token) =>
        leases.Find(configurationKey) is { } entry && entry.Lease.Token == token ? entry : null;

    private static void Remove(LeaseEntry entry, string? lostBecause, TimeSpan now)
    {
        if (entry.Phase != LeasePhase.Removing)
        {
            // Nobody was told of a lease that is still being granted, so nobody is told that it is over.
            entry.LostBecause = entry.Phase == LeasePhase.Granting ? null : lostBecause;
            entry.Enter(LeasePhase.Removing, now);
        }
    }
}
