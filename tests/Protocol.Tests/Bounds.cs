namespace SmallBatch.Protocol.Tests;

/// <summary>The bounds of one search: how much there is, and how often what may go wrong.</summary>
internal sealed record Bounds(string Name, int Cells, int Hosts, int Steps, int Faults, params (Fault Fault, int Most)[] Each)
{
    /// <summary>Leases that one activation of the pool grants, at most: what needs more is not looked at.</summary>
    public int Grants { get; init; } = 4;

    /// <summary>Whether the collector runs beside the trainings. The store then flushes as a minute passes and at no other time, lest there be too many states.</summary>
    public bool Collects { get; init; }

    /// <summary>Whether the last configuration is of a team with a quota of one slot, and the others of one that borrows.</summary>
    public bool Quotas { get; init; }

    /// <summary>The rule that the model goes round.</summary>
    public Guard Off { get; init; } = Guard.None;

    /// <summary>What may go wrong at the start, by <see cref="Fault"/>.</summary>
    public byte[] Budget()
    {
        var budget = new byte[(int)Fault.Any + 1];
        budget[(int)Fault.Any] = (byte)Faults;
        foreach (var (fault, most) in Each)
        {
            budget[(int)fault] = (byte)most;
        }

        return budget;
    }
}
