using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using Spectre.Console;

namespace SmallBatch.Client.Views;

/// <summary>Watches a sweep until it is over: live on a terminal, a line at each change in a pipe.</summary>
internal sealed class SweepWatch(IAnsiConsole console, IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan LiveEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SameLineEvery = TimeSpan.FromSeconds(15);

    /// <summary>Watches; answers the last status.</summary>
    public async Task<SweepStatus> RunAsync(string sweepId, CancellationToken cancellationToken)
    {
        var aggregator = grains.GetGrain<IAggregatorGrain>(sweepId);
        var status = await aggregator.Status();
        if (console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal)
        {
            await console.Live(ProgressView.Live(status, console.Profile.Width)).StartAsync(async live =>
            {
                while (!IsOver(status))
                {
                    await Task.Delay(LiveEvery, time, cancellationToken);
                    status = await aggregator.Status();
                    live.UpdateTarget(ProgressView.Live(status, console.Profile.Width));
                    live.Refresh();
                }
            });
            return status;
        }

        var (lastDone, lastAt) = (-1, time.GetTimestamp());
        while (!IsOver(status))
        {
            var done = status.Cells.Count(c => c.Status is ConfigurationStatus.Completed or ConfigurationStatus.Failed);
            if (done != lastDone || time.GetElapsedTime(lastAt) >= SameLineEvery)
            {
                Output.Plain(console, ProgressView.Line(status));
                (lastDone, lastAt) = (done, time.GetTimestamp());
            }

            await Task.Delay(LineEvery, time, cancellationToken);
            status = await aggregator.Status();
        }

        return status;
    }

    private static bool IsOver(SweepStatus status) => status.Sweep.Phase is SweepPhase.Completed or SweepPhase.Limited or SweepPhase.Cancelled or SweepPhase.Deleting;
}
