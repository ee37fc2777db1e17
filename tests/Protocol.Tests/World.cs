using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.Configurations;
using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Protocol.Tests;

/// <summary>
/// Everything there is at one moment: store, activations, hosts, messages on their way. Decisions are the product's own
/// functions; what the grain classes and the trainer host do around them is done here in the same order. A turn of a grain
/// is one step of the search: a grain takes one message at a time, and each of its calls may go wrong.
/// </summary>
internal sealed partial class World
{
    private const string Class = "c";
    private const string SweepId = "s";
    private static readonly Device[] Devices = [new("d", "d", [Host.Slot], Class, null)];
    private static readonly QueueOrder[] Orders = [.. Enumerable.Range(0, 3).Select(c => new QueueOrder(
        new(Key(c), "sweep", SweepId, Stage.Grid, 2, "1", 1, "hash", "{}", 1, 60), 1, Class, 0, 0, 0))];

    private static readonly PoolShare Owed = new("owed", 1);
    private static readonly GpuPoolOptions Alike = new();
    private static readonly GpuPoolOptions Quotas = new() { Teams = { [Owed.Team] = new() { Quota = 1 } } };

    private readonly Bounds bounds;
    private readonly byte[] budget;
    private readonly Cell[] cells;
    private readonly Host[] hosts;
    private readonly DrainStage[] drains;
    private readonly List<Pool> pools = [];
    private readonly List<Message> messages = [];
    private readonly List<LateWrite> lateWrites = [];
    private readonly SortedSet<string> blobs = new(StringComparer.Ordinal);
    private readonly Func<Guid> newId;
    private LeaseStore leases = new();
    private Sweep sweep = new();
    private Snapshot? flushed;
    private Look? looking;
    private int nextTag;
    private int minutes;
    private byte rollbacks;

    public World(Bounds bounds)
    {
        this.bounds = bounds;
        budget = bounds.Budget();
        cells = [.. Enumerable.Range(0, bounds.Cells).Select(_ => new Cell(new ConfigurationState(), 0))];
        hosts = [.. Enumerable.Range(0, bounds.Hosts).Select(h => new Host(h, 0))];
        drains = new DrainStage[bounds.Hosts];
        newId = NewId;
        Flush();
    }

    private World(World other)
    {
        bounds = other.bounds;
        budget = [.. other.budget];
        cells = [.. other.cells];
        hosts = [.. other.hosts];
        newId = NewId;
        drains = [.. other.drains];
        var copies = new Dictionary<RowEntry, RowEntry>();
        foreach (var pool in other.pools)
        {
            pools.Add(new(Books.Copy(pool.Book, newId, copies), pool.EpochTag)
            {
                Writing = pool.Writing?.Select(w => new LeaseWrite(copies.GetValueOrDefault(w.Entry, w.Entry), w.From, w.To)).ToList(),
            });
        }

        messages.AddRange(other.messages);
        lateWrites.AddRange(other.lateWrites);
        blobs.UnionWith(other.blobs);
        leases = other.leases.Copy();
        sweep = other.sweep;
        flushed = other.flushed;
        looking = other.looking;
        nextTag = other.nextTag;
        minutes = other.minutes;
        rollbacks = other.rollbacks;
    }

    /// <summary>The promise that was broken on the way here, or null.</summary>
    public string? Broken { get; private set; }

    private DateTimeOffset Now => At(minutes);

    public World Copy() => new(this);

    private static DateTimeOffset At(int minute) => DateTimeOffset.UnixEpoch + TimeSpan.FromMinutes(minute);

    private static string Key(int cell) => ((char)('a' + cell)).ToString();

    private static int CellOf(string key) => key[0] - 'a';

    private int HostOf(string name) => Array.FindIndex(hosts, h => h.Name == name);

    private bool Off(Guard guard) => bounds.Off == guard;

    private Guid NewId() => Off(Guard.RandomIds) ? Guid.Empty : new(rollbacks, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private void Break(string promise) => Broken ??= promise;

    private bool Has(Fault fault) => budget[(int)Fault.Any] > 0 && budget[(int)fault] > 0;

    /// <summary>Takes one from the budget; false where there is none.</summary>
    private bool Take(Fault fault)
    {
        if (!Has(fault))
        {
            return false;
        }

        budget[(int)fault]--;
        budget[(int)Fault.Any]--;
        return true;
    }

    private void Flush() => flushed = new(
        [.. cells.Select(c => c.Row)], [.. cells.Select(c => c.Tag)], [.. cells.Select(c => c.Result)], [.. cells.Select(c => c.WrittenAt)], [.. blobs], leases.Copy(), sweep);

    /// <summary>The store returns to what it last flushed; each silo notices and drops its activations.</summary>
    private void Rollback()
    {
        rollbacks++;
        var past = flushed!;
        for (var c = 0; c < cells.Length; c++)
        {
            // What was heard and lost with the store may be heard again.
            cells[c] = new(past.Rows[c], past.Tags[c])
            {
                Result = past.Results[c],
                WrittenAt = past.WrittenAt[c],
            };
        }

        leases = past.Leases.Copy();
        pools.Clear();
        messages.RemoveAll(m => m is Message.Row);
        lateWrites.Clear();
        sweep = (past.Sweep with { HaltDone = false }).Woken();
    }

    /// <summary>Blobs return to what was last flushed: of each configuration, what its row said then must still be there.</summary>
    private void RollBlobsBack()
    {
        blobs.Clear();
        blobs.UnionWith(flushed!.Blobs);
        for (var c = 0; c < cells.Length; c++)
        {
            cells[c] = cells[c] with { Lost = flushed.Rows[c].Checkpoints is [var newest, ..] ? newest.Reference.Step : 0 };
        }
    }

    /// <summary>The collector has read this row, with these blobs there, and has not listed them yet.</summary>
    private sealed record Look(int Cell, ConfigurationState Row, int WrittenAt, int ReadAt, string[] Blobs);
}
