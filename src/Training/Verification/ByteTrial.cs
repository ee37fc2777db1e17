using SmallBatch.Training.Loop;

namespace SmallBatch.Training.Verification;

/// <summary>One training of the byte test.</summary>
/// <param name="Request">What to train.</param>
/// <param name="Groups">Sizes of the groups, from the start.</param>
/// <param name="GroupsResumed">Sizes of the groups after the stop.</param>
/// <param name="StopAfter">Updates after which it writes a checkpoint, stops, and is resumed from it; null for never.</param>
internal sealed record ByteTrial(TrainingRequest Request, IReadOnlyList<int> Groups, IReadOnlyList<int> GroupsResumed, long? StopAfter)
{
    /// <summary>What it does, for a person.</summary>
    public string InWords =>
        (StopAfter is { } step ? $"stopped after {step} updates and resumed in groups of " : "groups of ") + string.Join(" and ", GroupsResumed);
}
