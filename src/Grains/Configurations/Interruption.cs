using SmallBatch.Contracts.Configurations;

namespace SmallBatch.Grains.Configurations;

/// <summary>What the current attempt makes up for: the end of the one before, where nobody asked for a pause between them.</summary>
/// <param name="Kind">How that one ended: by itself, or lost.</param>
/// <param name="At">When that was noticed, by the clock of the silo that stored it.</param>
internal sealed record Interruption(StoryKind Kind, DateTimeOffset At)
{
    /// <summary>Reads it from the story, which outlives the grain; null where the attempt before was the sweep's own wish to stop, or there was none.</summary>
    public static Interruption? Before(ConfigurationState state) =>
        state.Story.TakeWhile(e => e.Kind != StoryKind.Granted || e.Attempt != state.Attempt).LastOrDefault() is { Kind: StoryKind.Ended or StoryKind.Lost } end ? new(end.Kind, end.At) : null;
}
