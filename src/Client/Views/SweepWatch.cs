using System.Globalization;
using SmallBatch.Client.Commands;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using Spectre.Console;

namespace SmallBatch.Client.Views;

/// <summary>
/// Watches a sweep until it is over: live on a terminal, a line at each change in a pipe. A cluster that goes away meanwhile is shown as
/// such, with how the sweep stood, and asked until it is back: the sweep goes on without its watchers.
/// </summary>
/// <param name="console">Where it is shown.</param>
/// <param name="grains">The cluster.</param>
/// <param name="time">Time.</param>
/// <param name="remark">What a live view says besides.</param>
/// <param name="answerFollows">Whether the caller prints the answer of a sweep that is over, so that its grid need not stay.</param>
internal sealed class SweepWatch(IAnsiConsole console, IGrainFactory grains, TimeProvider time, string remark, bool answerFollows = false)
{
    private static readonly TimeSpan LiveEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SameLineEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(5);

    /// <summary>Watches; answers the last status. Throws where the first question is not answered.</summary>
    public async Task<SweepStatus> RunAsync(string sweepId, CancellationToken cancellationToken)
    {
        var seen = await AskAsync(sweepId);
        if (Screen.IsOf(console))
        {
            return await LiveAsync(sweepId, seen, cancellationToken);
        }

        (int Done, bool Silent, long At)? last = null;
        return (await FollowAsync(sweepId, seen, LineEvery, Write, cancellationToken)).Status;

        void Write(Seen now, TimeSpan? silence)
        {
            var done = now.Status.Cells.Count(c => c.Status is ConfigurationStatus.Completed or ConfigurationStatus.Failed);
            if (last is not { } before || before.Done != done || before.Silent != silence is not null || time.GetElapsedTime(before.At) >= SameLineEvery)
            {
                Output.Plain(console, silence is { } since ? Silent(since) : ProgressView.Line(now.Status));
                last = (done, silence is not null, time.GetTimestamp());
            }
        }
    }

    /// <summary>That nobody has answered for so long.</summary>
    public static string Silent(TimeSpan since) =>
        string.Create(CultureInfo.InvariantCulture, $"The cluster has not answered for {Format.Time(since.TotalSeconds)}; it is asked again.");

    /// <summary>On the terminal's other screen; on its own the last that was seen stays, however the watching ends, where no answer follows.</summary>
    private async Task<SweepStatus> LiveAsync(string sweepId, Seen first, CancellationToken cancellationToken)
    {
        var last = first;
        try
        {
            using var screen = new Screen(console);
            last = await FollowAsync(sweepId, first, LiveEvery, Show, cancellationToken);

            void Show(Seen now, TimeSpan? silence)
            {
                last = now;
                screen.Show(new LiveView(now.Status, now.Pool, console.Profile.Width, console.Profile.Height, remark).Render(silence));
            }
        }
        finally
        {
            if (!answerFollows || !IsOver(last.Status))
            {
                console.Write(ProgressView.Standing(last.Status, console.Profile.Width));
            }
        }

        return last.Status;
    }

    /// <summary>Shows what is seen and, where a question was not answered, what was seen last with how long there has been no answer.</summary>
    private async Task<Seen> FollowAsync(string sweepId, Seen seen, TimeSpan every, Action<Seen, TimeSpan?> show, CancellationToken cancellationToken)
    {
        var answeredAt = time.GetTimestamp();
        var refused = false;
        Task<Seen>? asked = null;
        while (!IsOver(seen.Status))
        {
            var quiet = time.GetElapsedTime(answeredAt);
            show(seen, refused || quiet > SilentAfter ? quiet : null);
            await Task.Delay(every, time, cancellationToken);
            asked ??= AskAsync(sweepId);
            try
            {
                seen = await asked.WaitAsync(every, time, cancellationToken);
                (asked, answeredAt, refused) = (null, time.GetTimestamp(), false);
            }
            catch (TimeoutException) when (asked is { IsCompleted: false })
            {
                // On its way; meanwhile what was seen last is shown again, for a terminal of another size too.
            }
            catch (Exception failure) when (failure is TimeoutException or Orleans.Runtime.OrleansException)
            {
                (asked, refused) = (null, true);
            }
        }

        return seen;
    }

    private async Task<Seen> AskAsync(string sweepId)
    {
        var (status, pool) = (grains.GetGrain<IAggregatorGrain>(sweepId).Status(), grains.GetGrain<IGpuPoolGrain>(PoolCommands.Pool).Describe());
        await Task.WhenAll(status, pool);
        return new(await status, await pool);
    }

    private static bool IsOver(SweepStatus status) => status.Sweep.Phase is SweepPhase.Completed or SweepPhase.Limited or SweepPhase.Cancelled or SweepPhase.Deleting;

    /// <summary>What was answered together.</summary>
    private sealed record Seen(SweepStatus Status, PoolSnapshot Pool);
}
