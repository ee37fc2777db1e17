using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Results;
using SmallBatch.Grains.Checkpoints;
using SmallBatch.Grains.Configurations;
using SmallBatch.Grains.Results;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Verification;

/// <summary>Everything that the store holds of one sweep, as one reading found it.</summary>
internal sealed record StoredSweep(string Name, SweepState State, SweepPlan Plan)
{
    /// <summary>What it plans: the grid, and what is confirmed.</summary>
    public IReadOnlyList<SweepConfiguration> Configurations { get; init; } = [];

    /// <summary>What it was on shorter budgets, shortest first.</summary>
    public IReadOnlyList<ShorterBudget> Shorter { get; init; } = [];

    /// <summary>What it plans, and planned on shorter budgets.</summary>
    public IReadOnlyList<SweepConfiguration> All => [.. Configurations.Concat(Shorter.SelectMany(s => s.Configurations)).DistinctBy(c => c.Planned.Key)];

    /// <summary>Keys that it plans or may have planned: another grid may have confirmed another cell.</summary>
    public IReadOnlySet<string> Known { get; init; } = new HashSet<string>();

    /// <summary>Configurations' own rows; those that were never queued have none.</summary>
    public IReadOnlyDictionary<string, StoredConfiguration> Rows { get; init; } = new Dictionary<string, StoredConfiguration>();

    /// <summary>How attempts ended.</summary>
    public IReadOnlyList<(RunRow Row, string? FailedBecause)> Attempts { get; init; } = [];

    /// <summary>The result rows that can be read.</summary>
    public IReadOnlyList<ResultRow> Results { get; init; } = [];

    /// <summary>Rows of results and attempts that cannot be read, with why.</summary>
    public IReadOnlyList<DamagedRow> Damaged { get; init; } = [];

    /// <summary>Blobs of checkpoints, referred to or not.</summary>
    public IReadOnlyList<CheckpointBlob> Checkpoints { get; init; } = [];

    /// <summary>SHA-256 of those that a row refers to, hex, by name.</summary>
    public IReadOnlyDictionary<string, string> Hashes { get; init; } = new Dictionary<string, string>();

    /// <summary>Names of the logs' blobs.</summary>
    public IReadOnlyList<string> Logs { get; init; } = [];

    /// <summary>Leases that the pool holds for it.</summary>
    public IReadOnlyList<Lease> Leases { get; init; } = [];

    /// <summary>Whether the index of sweeps says that it is to be woken; null where it does not have it.</summary>
    public bool? Indexed { get; init; }

    /// <summary>Whether it is complete only since so little time that its passes for what is left have not all had theirs.</summary>
    public bool JustCompleted { get; init; }

    /// <summary>How long a blob that nobody refers to may stay.</summary>
    public TimeSpan SpareFor { get; init; }

    /// <summary>Whether nothing of it will train any more, unless a user wants it to.</summary>
    public bool Over => State.Cancelled || State.CompletedAt is not null || State.EndedAtDeviceHours is not null;
}
