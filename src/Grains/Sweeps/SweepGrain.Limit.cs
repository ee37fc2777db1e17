using System.Globalization;

namespace SmallBatch.Grains.Sweeps;

/// <summary>
/// The limit that ends a sweep with the answer so far. It is a pause that the sweep decides on itself, once, and that is stored
/// before anything acts on it: what trains writes a last checkpoint, and goes on if the limit is raised.
/// </summary>
internal sealed partial class SweepGrain
{
    /// <summary>Attempts are counted after one has ended, but no more often than so: there may be tens of thousands.</summary>
    private static readonly TimeSpan CountAtMostEvery = TimeSpan.FromSeconds(5);

    /// <summary>An attempt that ended unheard of is counted at last then.</summary>
    private static readonly TimeSpan CountAgainAfter = TimeSpan.FromMinutes(1);
    private bool attemptsCounted;
    private long? countedAt;
    private double attemptSeconds;

    /// <summary>The hours of slots that it has used, where they have reached its limit; else null.</summary>
    private async Task<double?> LimitReached()
    {
        if (plan!.Spec.LimitDeviceHours is not { } limit)
        {
            return null;
        }

        if (countedAt is not { } at || time.GetElapsedTime(at) > (attemptsCounted ? CountAgainAfter : CountAtMostEvery))
        {
            attemptSeconds = DeviceTime.Seconds((await attempts.ListAsync(State.SweepId!, CancellationToken.None)).Select(a => a.Row.Run));
            (attemptsCounted, countedAt) = (true, time.GetTimestamp());
        }

        var held = (await Pool.Describe()).Leases.Where(l => l.SweepId == State.SweepId).Sum(l => l.HeldSeconds);
        return (attemptSeconds + held) / 3600 is var hours && hours >= limit ? hours : null;
    }

    private async Task EndByLimit(double hours)
    {
        var limited = State with { EndedAtDeviceHours = hours, ControlVersion = State.ControlVersion + 1 };
        await Store(With(limited, SweepNotice.NeedsAttention, string.Create(CultureInfo.InvariantCulture, $"Sweep {Name} was ended by its limit of {plan!.Spec.LimitDeviceHours:0.####} device-hours; submitted with a higher one it goes on.")));
        SendNotices();
        SweepLimited(Name, hours, progress.Left);
        await Withdraw();
        CollectRegularly();
    }

    /// <summary>In words; null unless it was.</summary>
    private string? EndedByLimit() => State is { EndedAtDeviceHours: { } hours, CompletedAt: null, Cancelled: false }
        ? string.Create(CultureInfo.InvariantCulture, $"ended by its limit of {plan!.Spec.LimitDeviceHours:0.####} device-hours, {hours:0.####} were used")
        : null;
}
