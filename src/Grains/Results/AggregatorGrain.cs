using Orleans.Concurrency;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Grains.Results;

/// <summary>
/// Stores the outcomes of one sweep, keeps its live view, and says what its rows say. It asks its sweep only for whoever reads,
/// and between other turns: a configuration that waits for its outcome to be stored never waits for the sweep, which may be
/// waiting for that configuration.
/// </summary>
[GrainType("aggregator"), Reentrant]
internal sealed class AggregatorGrain(ResultTable results, AttemptTable attempts, TimeProvider time) : Grain, IAggregatorGrain
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);
    private readonly GroupCommit<RecordedOutcomes> outcomesOnTheirWay = new(ResultTable.Fits, g => results.TryInsertAsync(g), o => results.InsertAsync(o.Job, o.Outcomes));
    private readonly GroupCommit<EndedAttempt> attemptsOnTheirWay = new(AttemptTable.Fits, g => attempts.TryInsertAsync(g), a => attempts.InsertAsync(a.Job, a.Run, a.FailedBecause));
    private readonly SweepView view = new();
    private SweepSnapshot? sweep;
    private int slots;
    private long askedAt;
    private long plans = 1;
    private long known;
    private bool rebuilt;

    private string SweepId => this.GetPrimaryKeyString();

    /// <summary>A sweep's id is its name, a dash and eight hex digits.</summary>
    private ISweepGrain Sweep => GrainFactory.GetGrain<ISweepGrain>(SweepIds.NameOf(SweepId));

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var group in (await results.ListAsync(SweepId, cancellationToken)).GroupBy(r => r.ConfigurationKey))
        {
            view.Stored(group.Key, group);
        }

        foreach (var (row, failedBecause) in await attempts.ListAsync(SweepId, cancellationToken))
        {
            view.Attempted(row.Key, row.Run, failedBecause);
        }

        // What trains and what waits says so itself, at its next report or request.
        rebuilt = true;
    }

    /// <inheritdoc/>
    public async Task Record(ConfigurationJob job, ReplicaOutcome[] outcomes, RunRecord run)
    {
        await outcomesOnTheirWay.StoreAsync(new(job, outcomes));
        await attemptsOnTheirWay.StoreAsync(new(job, run, null));
        view.Stored(job.Key, outcomes.Select(o => new ResultRow(job.Key, job.Stage, job.BatchSize, job.BaseLearningRate, job.SettingsHash, o.Replica, o.Payload)));
        view.Attempted(job.Key, run, null);
    }

    /// <inheritdoc/>
    public async Task RecordAttempt(ConfigurationJob job, RunRecord run, string? failedBecause)
    {
        await attemptsOnTheirWay.StoreAsync(new(job, run, failedBecause));
        view.Attempted(job.Key, run, failedBecause);
    }

    /// <inheritdoc/>
    public Task Observe(CellObservation observation)
    {
        view.Observed(observation);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task PlanChanged()
    {
        plans++;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<SweepStatus> Status()
    {
        // Without slots nothing can be foretold; they come with the sweep's first grant, which may be this moment's news.
        if (known != plans || slots == 0 || time.GetElapsedTime(askedAt) > AskAgainAfter)
        {
            await Ask();
        }

        return view.Status(sweep ?? throw new InvalidOperationException($"No sweep has the id {SweepId}."), !rebuilt, slots);
    }

    /// <inheritdoc/>
    public async Task<SweepResults> Results(CancellationToken cancellationToken = default)
    {
        await Ask();
        var snapshot = sweep ?? throw new InvalidOperationException($"No sweep has the id {SweepId}.");
        return await Of(snapshot, view.Plan, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Analysis> Answer(CancellationToken cancellationToken = default) => (await Results(cancellationToken)).Analysis;

    /// <inheritdoc/>
    public async Task<ReplicaResult[]> Replicas(string configurationKey, CancellationToken cancellationToken = default)
    {
        if (known != plans || time.GetElapsedTime(askedAt) > AskAgainAfter)
        {
            await Ask();
        }

        return view.Plan.FirstOrDefault(p => p.Key == configurationKey) is { } planned
            ? ReplicaResults.Ordered((await results.ListAsync(SweepId, planned, cancellationToken)).Select(r => ReplicaResults.Read(r) with { Budget = planned.Rung?.Budget }))
            : [];
    }

    /// <inheritdoc/>
    public async Task<SweepResults?> ResultsAtBudget(string budget, CancellationToken cancellationToken = default) =>
        await Sweep.AtBudget(budget) is { } at && at.Sweep.SweepId == SweepId ? await Of(at.Sweep, at.Configurations, cancellationToken) : null;

    private async Task<SweepResults> Of(SweepSnapshot snapshot, IReadOnlyList<PlannedConfiguration> plan, CancellationToken cancellationToken)
    {
        var planned = plan.ToLookup(p => (p.Stage, p.SettingsHash));

        // Fresh seeds at a rate that is the winner no more, since the grid was widened or a cell tried again, are not of the plan.
        var rows = from row in await results.ListAsync(SweepId, cancellationToken)
                   let configuration = planned[(row.Stage, row.SettingsHash)].FirstOrDefault(p => p.Trains(row.Replica))
                   where configuration is not null
                   select ReplicaResults.Read(row) with { Budget = configuration.Rung?.Budget };
        var replicas = ReplicaResults.Ordered(rows);
        var runs = await attempts.ListAsync(SweepId, cancellationToken);
        return new(
            snapshot,
            snapshot.Network,
            replicas,
            [.. runs.Select(r => r.Row).OrderBy(r => r.Stage).ThenBy(r => r.BatchSize).ThenBy(r => ReplicaResults.Rate(r.BaseLearningRate)).ThenBy(r => r.Run.Attempt)],
            Analyst.Analyse(snapshot, plan, replicas));
    }

    private async Task Ask()
    {
        var (asked, latest) = (time.GetTimestamp(), plans);
        // A sweep that was deleted and submitted again has another id: this one's is gone.
        var found = await Sweep.Describe() is { } described && described.SweepId == SweepId ? described : null;
        PlannedConfiguration[] plan = found is null ? [] : await Sweep.Configurations();
        var pool = await GrainFactory.GetGrain<IGpuPoolGrain>(GpuPoolOptions.DefaultPool).Describe();
        (askedAt, known, sweep, view.Plan) = (asked, latest, found, plan);
        slots = pool.Hosts.Where(h => h.Drain is null).SelectMany(h => h.Devices).Where(d => d.OutOfService is null && d.NumericsClass == sweep?.NumericsClass).Sum(d => d.Slots.Length);
    }
}
