using System.Diagnostics;

namespace SmallBatch.Grains;

/// <summary>The spans of grains and silo; nobody makes any where no traces are exported.</summary>
public static class Spans
{
    /// <summary>Where they begin.</summary>
    public static ActivitySource Source { get; } = new(MeterNames.SmallBatch);

    /// <summary>Begins one: below the current one where that is part of a trace, else a trace.</summary>
    public static Activity? Begin(string name)
    {
        // A call that nobody samples has a span too, and whatever is below that is not sampled either.
        Activity.Current = Sampled();
        return Source.StartActivity(name);
    }

    /// <summary>The current span where it is part of a trace, else null.</summary>
    public static Activity? Sampled() => Activity.Current is { Recorded: true } current ? current : null;

    /// <summary>A stored span's context, to begin another below it; none where there is none.</summary>
    public static ActivityContext Parent(string? stored) => ActivityContext.TryParse(stored, null, out var context) ? context : default;
}
