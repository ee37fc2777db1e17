using SmallBatch.Grains.GpuHosts;

namespace SmallBatch.Silo.Trainers;

/// <summary>One slot of a device: the trainer that lives on it, what it trains, and the highest token that was ever seen.</summary>
internal sealed class TrainerSlot(string name, string device)
{
    /// <summary>Its name, unique within the host.</summary>
    public string Name { get; } = name;

    /// <summary>The device that it is part of.</summary>
    public string Device { get; } = device;

    /// <summary>Which Start is taken.</summary>
    public SlotTokens Tokens { get; set; }

    /// <summary>What trains, or null.</summary>
    public TrainerAttempt? Current { get; set; }

    /// <summary>The last attempt's task: the next one begins when it has left the trainer.</summary>
    public Task Busy { get; set; } = Task.CompletedTask;

    /// <summary>The trainer, kept from one attempt to the next; null before the first.</summary>
    public TrainerProcess? Trainer { get; set; }
}
