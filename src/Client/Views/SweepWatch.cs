using System.Globalization;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using Spectre.Console;

namespace SmallBatch.Client.Views;

/// <summary>
/// Watches a sweep until it is over: live on a terminal, a line at each change in a pipe. A cluster that goes away meanwhile is shown as
/// such, with how the sweep stood, and asked until it is back: the sweep goes on without its watchers.
/// </summary>
internal sealed class SweepWatch(IAnsiConsole console, IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan LiveEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SameLineEvery = TimeSpan.FromSeconds(15);

    /// <summary>Watches; answers the last status. Throws where the first question is not answered.</summary>
    public async Task<SweepStatus> RunAsync(string sweepId, CancellationToken cancellationToken)
    {
        var aggregator = grains.GetGrain<IAggregatorGrain>(sweepId);
        var status = await aggregator.Status();
        if (console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal)
        {
            await console.Live(ProgressView.Live(status, console.Profile.Width)).StartAsync(async live => status = await FollowAsync(
                aggregator,
                status,
                LiveEvery,
                (seen, silence) =>
                {
                    var view = ProgressView.Live(seen, console.Profile.Width);
                    live.UpdateTarget(silence is { } since ? new Rows(view, new Text(Silent(since))) : view);
                    live.Refresh();
                },
                cancellationToken));
            return status;
        }

        (int Done, bool Silent, long At)? last = null;
        return await FollowAsync(aggregator, status, LineEvery, Write, cancellationToken);

        void Write(SweepStatus seen, TimeSpan? silence)
        {
            var done = seen.Cells.Count(c => c.Status is ConfigurationStatus.Completed or ConfigurationStatus.Failed);
            if (last is not { } before || before.Done != done || before.Silent != silence is not null || time.GetElapsedTime(before.At) >= SameLineEvery)
            {
                Output.Plain(console, silence is { } since ? Silent(since) : ProgressView.Line(seen));
                last = (done, silence is not null, time.GetTimestamp());
            }
        }
    }

    /// <summary>Shows each status and, where a question was not answered, the last with how long there has been no answer.</summary>
    private async Task<SweepStatus> FollowAsync(IAggregatorGrain aggregator, SweepStatus status, TimeSpan every, Action<SweepStatus, TimeSpan?> show, CancellationToken cancellationToken)
    {
        var answeredAt = time.GetTimestamp();
        TimeSpan? silence = null;
        while (!IsOver(status))
        {
            show(status, silence);
            await Task.Delay(every, time, cancellationToken);
            try
            {
                status = await aggregator.Status().WaitAsync(cancellationToken);
                (answeredAt, silence) = (time.GetTimestamp(), null);
            }
            catch (Exception failure) when (failure is TimeoutException or Orleans.Runtime.OrleansException)
            {
                silence = time.GetElapsedTime(answeredAt);
            }
        }

        return status;
    }

    private static string Silent(TimeSpan since) =>
        string.Create(CultureInfo.InvariantCulture, $"The cluster has not answered for {Format.Time(since.TotalSeconds)}; it is asked again.");

    private static bool IsOver(SweepStatus status) => status.Sweep.Phase is SweepPhase.Completed or SweepPhase.Limited or SweepPhase.Cancelled or SweepPhase.Deleting;
}
