using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Grains.Results;

/// <summary>
/// The live view of a sweep, in memory: every configuration of the plan, overlaid with the stored rows and what was
/// observed since. Rebuilt after an activation; nothing in it is the truth.
/// </summary>
internal sealed class SweepView
{
    private readonly Dictionary<(Stage Stage, string SettingsHash), Dictionary<int, ResultRow>> rows = [];
    private readonly Dictionary<string, CellObservation> observed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Because, int Generation)> failed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> attempts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CellStatus> ended = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> wholeRuns = new(StringComparer.Ordinal);
    private double latestPace;

    /// <summary>The plan, by stage, m, η̃.</summary>
    public IReadOnlyList<PlannedConfiguration> Plan { get; set; } = [];

    /// <summary>Takes in stored rows of one configuration; earlier ones of it stay.</summary>
    public void Stored(string key, IEnumerable<ResultRow> added)
    {
        foreach (var row in added)
        {
            rows.TryAdd((row.Stage, row.SettingsHash), []);
            rows[(row.Stage, row.SettingsHash)].TryAdd(row.Replica, row);
        }

        ended.Remove(key);
    }

    /// <summary>Takes in how an attempt ended.</summary>
    public void Attempted(string key, RunRecord run, string? failedBecause)
    {
        attempts[key] = Math.Max(run.Attempt, attempts.GetValueOrDefault(key));
        ended.Remove(key);
        if (failedBecause is not null)
        {
            failed[key] = (failedBecause, run.Generation);
        }

        if (run is { End: AttemptEnd.Completed, ResumedFromStep: 0, TrainingSeconds: > 0 })
        {
            wholeRuns[key] = run.TrainingSeconds;
        }
    }

    /// <summary>Takes in a change of a configuration that has not ended.</summary>
    public void Observed(CellObservation observation)
    {
        latestPace = observation.ImagesPerSecond > 0 ? observation.ImagesPerSecond : latestPace;
        observed[observation.Key] = observed.GetValueOrDefault(observation.Key) is { } known && known.Attempt == observation.Attempt && observation.Status == ConfigurationStatus.Training
            ? observation with
            {
                Epoch = Math.Max(known.Epoch, observation.Epoch),
                Step = Math.Max(known.Step, observation.Step),
                ImagesPerSecond = observation.ImagesPerSecond > 0 ? observation.ImagesPerSecond : known.ImagesPerSecond,
                TestAccuracy = observation.TestAccuracy.Length > 0 ? observation.TestAccuracy : known.TestAccuracy,
            }
            : observation;
    }

    /// <summary>Every configuration as it stands; <paramref name="slots"/> run at once.</summary>
    public SweepStatus Status(SweepSnapshot sweep, bool rebuilding, int slots)
    {
        var fit = DurationFit.Of([.. Plan.Where(p => wholeRuns.ContainsKey(p.Key)).Select(p => (p.PredictedSeconds, wholeRuns[p.Key]))]);
        var scale = fit.Scale;
        var cells = Plan.Select(p => Cell(p, sweep, scale)).ToArray();
        var left = cells.Zip(Plan, (c, p) => c.EtaSeconds ?? (IsOver(c.Status) ? 0 : p.PredictedSeconds * scale)).ToArray();
        double[] unchosen = sweep.Phase == SweepPhase.Grid && sweep.Confirm > 0
            ? [.. Plan.Where(p => p.Stage == Stage.Grid).GroupBy(p => p.BatchSize).Where(g => !Plan.Any(p => p.Stage == Stage.Confirm && p.BatchSize == g.Key))
                .Select(g => g.First().PredictedSeconds * scale * sweep.Confirm / Math.Max(1, sweep.Replicas))]
            : [];
        var foretold = slots > 0 && sweep.Phase is SweepPhase.Grid or SweepPhase.Confirming;
        var (eta, deviation) = slots > 0 && sweep.Phase != SweepPhase.Limited ? Foretell(cells, left, unchosen, slots).LastFree(fit, sweep.UnplannedSeconds * scale) : default;

        // One that has only just begun counts with the latest pace that any reported.
        var pace = cells.Where(c => c.Status == ConfigurationStatus.Training).Sum(c => c.ImagesPerSecond > 0 ? c.ImagesPerSecond : latestPace);
        return new(sweep, rebuilding, cells, pace, foretold ? eta : null, foretold ? deviation : null);
    }

    /// <summary>
    /// When those that wait will have ended: they take this sweep's slots in the order of the queue, those without a place in
    /// it behind, longest first, and then <paramref name="unchosen"/>, what is known only by its length. Other sweeps' turns are not foreseen.
    /// </summary>
    private static SlotSchedule Foretell(CellStatus[] cells, double[] left, double[] unchosen, int slots)
    {
        var schedule = new SlotSchedule(slots, [.. Enumerable.Range(0, cells.Length).Where(i => cells[i].Status == ConfigurationStatus.Training).Select(i => left[i])]);
        var waiting = Enumerable.Range(0, cells.Length)
            .Where(i => cells[i].Status is ConfigurationStatus.Queued or ConfigurationStatus.Pending)
            .OrderBy(i => cells[i].QueuePosition == 0 ? int.MaxValue : cells[i].QueuePosition).ThenByDescending(i => left[i]);
        foreach (var i in waiting)
        {
            cells[i] = cells[i] with { EtaSeconds = schedule.Take(left[i]) };
        }

        foreach (var length in unchosen.OrderDescending())
        {
            schedule.Take(length);
        }

        return schedule;
    }

    private CellStatus Cell(PlannedConfiguration planned, SweepSnapshot sweep, double scale)
    {
        if (ended.TryGetValue(planned.Key, out var known))
        {
            return known;
        }

        var stored = rows.TryGetValue((planned.Stage, planned.SettingsHash), out var there) ? [.. there.Values.Where(r => planned.Trains(r.Replica)).OrderBy(r => r.Replica)] : Array.Empty<ResultRow>();
        var seen = observed.GetValueOrDefault(planned.Key);
        if (stored.Length >= planned.Replicas)
        {
            var summary = Summaries.Of(planned.Stage, planned.BatchSize, planned.BaseLearningRate, planned.Replicas, [.. stored.Select(ReplicaResults.Read)]);
            return ended[planned.Key] = Make(planned, ConfigurationStatus.Completed, seen, summary, planned.Epochs, null, null);
        }

        var givenUp = failed.TryGetValue(planned.Key, out var failure) && failure.Generation >= planned.Generation ? failure.Because : null;
        var status = givenUp is not null ? ConfigurationStatus.Failed
            : sweep.Phase == SweepPhase.Cancelled ? ConfigurationStatus.Cancelled
            : sweep.Phase == SweepPhase.Limited ? ConfigurationStatus.Pending
            : seen?.Status ?? ConfigurationStatus.Pending;
        var done = (seen?.Step ?? 0) / (double)planned.Updates;
        double? eta = status == ConfigurationStatus.Training ? planned.PredictedSeconds * scale * (1 - done) : null;
        var reason = givenUp
            ?? (status, sweep.Phase) switch
            {
                (ConfigurationStatus.Cancelled, _) => "its sweep was cancelled",
                (ConfigurationStatus.Pending or ConfigurationStatus.Queued, SweepPhase.Paused) => $"its sweep is paused; smallbatch sweep resume {sweep.Name}",
                (_, SweepPhase.Limited) => $"not trained to its end: its sweep was {sweep.Reason}",
                (ConfigurationStatus.Pending, _) => seen?.Reason ?? "not queued yet: the sweep queues a window at a time",
                _ => seen?.Reason,
            };
        return Make(planned, status, seen, null, seen?.Epoch ?? 0, eta, reason);
    }

    private CellStatus Make(PlannedConfiguration planned, ConfigurationStatus status, CellObservation? seen, CellSummary? summary, int epoch, double? eta, string? reason)
    {
        var finite = (seen?.TestAccuracy ?? []).Where(double.IsFinite).ToArray();
        var training = status == ConfigurationStatus.Training;
        return new(
            planned.Key, planned.Stage, planned.BatchSize, planned.BaseLearningRate, status, planned.Replicas,
            summary?.Trained ?? 0, summary?.Untrained ?? 0, summary?.Diverged ?? 0, summary?.Mean, summary?.StandardDeviation,
            epoch, planned.Epochs, summary?.Mean ?? (finite.Length > 0 ? finite.Average() : null), training ? seen?.ImagesPerSecond ?? 0 : 0,
            Math.Max(seen?.Attempt ?? 0, attempts.GetValueOrDefault(planned.Key)), training ? seen?.Host : null, training ? seen?.Device : null, status == ConfigurationStatus.Queued ? seen?.QueuePosition ?? 0 : 0, eta, reason);
    }

    private static bool IsOver(ConfigurationStatus status) => status is ConfigurationStatus.Completed or ConfigurationStatus.Failed or ConfigurationStatus.Cancelled;
}
