using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.GpuHosts;

namespace SmallBatch.Protocol.Tests;

/// <summary>A silo with one slot.</summary>
internal sealed record Host(int Index, int Generation)
{
    public const string Slot = "s";

    /// <summary>Its name for people, whatever its generation.</summary>
    public static string NameOf(int index) => $"h{index}";

    public string Name { get; } = $"{NameOf(Index)}@{Generation}";

    public bool Alive { get; init; } = true;

    /// <summary>Whether membership has told the pool of its death.</summary>
    public bool DeathTold { get; init; }

    public bool Draining { get; init; }

    public bool Cut { get; init; }

    /// <summary>Number of the last heartbeat built.</summary>
    public long Beats { get; init; }

    /// <summary>A heartbeat on its way.</summary>
    public HostHeartbeat? Beat { get; init; }

    /// <summary>A heartbeat that its host gave up, and that may still arrive.</summary>
    public HostHeartbeat? LateBeat { get; init; }

    public SlotTokens Tokens { get; init; }

    /// <summary>The highest token that a Stop named, as a witness saw it.</summary>
    public LeaseToken? Stopped { get; init; }

    /// <summary>Number of the last heartbeat before it refused a Start, as a witness saw it.</summary>
    public long? Refused { get; init; }

    public Attempt? Current { get; init; }

    /// <summary>Attempts that ended and whose word nobody has acknowledged.</summary>
    public Attempt[] Finishing { get; init; } = [];
}
