using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Checkpoints;
using SmallBatch.Grains.GpuPool;
using SmallBatch.Grains.Results;
using SmallBatch.Grains.Verification;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Sweeps;

/// <summary>
/// One sweep: keeps a window of configurations queued until a fresh listing of the store shows every row. It remembers no
/// configuration's status; whatever it believes can be read again.
/// </summary>
[GrainType(SweepRows.GrainType)]
internal sealed partial class SweepGrain(
    [PersistentState("sweep")] IPersistentState<SweepState> storage,
    SweepIndexTable index,
    ResultTable results,
    AttemptTable attempts,
    ICheckpointStore checkpoints,
    IDatasetCatalog datasets,
    SweepDeletion deletion,
    CheckpointCollector collector,
    SweepReader reader,
    INoticeSender notices,
    IOptions<SweepOptions> options,
    IOptions<CollectorOptions> collectorOptions,
    TimeProvider time,
    ILogger<SweepGrain> logger) : Grain, ISweepGrain, IRemindable
{
    private const string Backstop = "backstop";
    private const int MostTurns = 20;
    private static readonly TimeSpan Brief = TimeSpan.FromMilliseconds(1);
    private readonly SweepProgress progress = new();
    private readonly HashSet<string> queued = new(StringComparer.Ordinal);
    private SweepPlan? plan;
    private (string Spec, string? Network, string Dataset, int NumericsVersion) planned;
    private IReadOnlyList<SweepConfiguration> configurations = [];
    private IReadOnlyList<ShorterBudget> shorter = [];
    private bool listed;
    private bool withdrawn;
    private bool soon;
    private bool storing;
    private long lookedAt;
    private TimeSpan lookTook;
    private long decidedAt;
    private TimeSpan decisionTook;
    private int window = options.Value.WindowFor(0);
    private string? reason;
    private IGrainTimer? timer;

    private SweepState State => storage.State;

    private string Name => this.GetPrimaryKeyString();

    /// <summary>Whether there is anything left to do for it, now or when it is resumed.</summary>
    private bool Unfinished => State is { SweepId: not null, Deleting: true } or { SweepId: not null, Cancelled: false, CompletedAt: null, EndedAtDeviceHours: null };

    /// <summary>Whether its configurations may train.</summary>
    private bool Running => State is { SweepId: not null, Cancelled: false, CompletedAt: null, Paused: false, Deleting: false, EndedAtDeviceHours: null };

    private IGpuPoolGrain Pool => GrainFactory.GetGrain<IGpuPoolGrain>(GpuPoolOptions.DefaultPool);

    private IAggregatorGrain Aggregator => GrainFactory.GetGrain<IAggregatorGrain>(State.SweepId!);

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Expand();
        SendNotices();
        if (Unfinished)
        {
            AdvanceRegularly();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<SweepSnapshot?> Describe() => Task.FromResult(Snapshot());

    /// <inheritdoc/>
    public Task<SweepChoice?> Choice() => Task.FromResult(State.SweepId is null || plan is null
        ? null
        : new SweepChoice(
            State.SweepId,
            State.CompletedAt is null || State.Cancelled ? $"{progress.Done} of {configurations.Count} configurations of which have ended" : null,
            State.DatasetText,
            plan.Network.CanonicalText,
            [.. SweepConfigurations.Choices(plan, State).Select(d => new ChosenRate(d.BatchSize, d.BaseLearningRate))]));

    /// <inheritdoc/>
    public Task<PlannedConfiguration[]> Configurations() => Task.FromResult<PlannedConfiguration[]>([.. configurations.Select(c => c.Planned)]);

    /// <inheritdoc/>
    public async Task ConfigurationEnded(string configurationKey)
    {
        progress.End(configurationKey);
        attemptsCounted = false;
        queued.Remove(configurationKey);
        await AdvanceSoon();
    }

    /// <inheritdoc/>
    public async Task Wake()
    {
        listed = false;
        queued.Clear();
        SendNotices();
        if (State is { Deleting: false, Cancelled: true } or { Paused: true } or { Deleting: false, EndedAtDeviceHours: not null })
        {
            // What the pool knows of it dies with the pool's activation, and the next one wakes every sweep.
            await Withdraw();
        }

        await ReopenIfRowsAreMissing();
        if (Unfinished)
        {
            await WithdrawShorter();
            AdvanceRegularly();
            await KeepGoing();
            await AdvanceSafely();
        }
        else if (Over)
        {
            CollectRegularly();
        }
    }

    /// <inheritdoc/>
    public Task ReceiveReminder(string reminderName, TickStatus status) => Wake();

    /// <summary>
    /// Goes on at once, or where a look through the configurations takes long, since there are many, so much later that looks take a twentieth of the
    /// time: what has ended meanwhile is then made up for in one go.
    /// </summary>
    private async Task AdvanceSoon()
    {
        var pause = (MostTurns * lookTook) - time.GetElapsedTime(lookedAt);
        if (lookTook < Brief || pause <= TimeSpan.Zero)
        {
            await AdvanceSafely();
        }
        else if (!soon)
        {
            soon = true;
            this.RegisterGrainTimer(_ => AdvanceSafely(), new GrainTimerCreationOptions(pause, Timeout.InfiniteTimeSpan) { KeepAlive = true });
        }
    }

    private void AdvanceRegularly()
    {
        timer?.Dispose();
        timer = this.RegisterGrainTimer(_ => AdvanceSafely(andWiden: true), new GrainTimerCreationOptions(TimeSpan.Zero, options.Value.AdvancePeriod) { KeepAlive = true });
    }

    private async Task AdvanceSafely(bool andWiden = false)
    {
        soon = false;
        try
        {
            if (andWiden && State.NumericsClass is { } numericsClass)
            {
                window = options.Value.WindowFor(await Pool.Slots(numericsClass));
            }

            await Advance();
        }
        catch (Exception failure)
        {
            // The next tick does all of it again; nothing was lost, since nothing is remembered.
            reason = $"it could not go on and tries again: {failure.Message}";
            listed = false;
            AdvanceFailed(Name, failure);
        }
    }

    private async Task Advance()
    {
        if (State.Deleting)
        {
            await Delete();
            return;
        }

        if (!Running || !await FixNumericsClass())
        {
            return;
        }

        if (!listed)
        {
            await List();
        }

        await DecideInTime();
        if (progress.Left > 0 && await LimitReached() is { } hours)
        {
            await EndByLimit(hours);
            return;
        }

        await QueueWindow();
        if (progress.Left == 0 && await IsComplete())
        {
            await Complete();
        }
        else
        {
            await TellOfGivenUp();
        }
    }

    private async Task<bool> FixNumericsClass()
    {
        if (State.NumericsClass is not null)
        {
            return true;
        }

        var classes = await Pool.NumericsClasses();
        reason = classes.Length == 0 ? "no host with a device has reported to the pool yet" : null;
        if (classes.Length > 0)
        {
            // Trainers of another release than this silo's plan other cells: those are what is trained then.
            await Store(State with { NumericsClass = classes[0] });
            await Aggregator.PlanChanged();
        }

        return classes.Length > 0;
    }

    /// <summary>What has ended, from the store.</summary>
    private async Task<IReadOnlyList<ResultRow>> List()
    {
        var rows = await results.ListAsync(State.SweepId!, CancellationToken.None);
        var failed = SweepConfigurations.GivenUp(configurations, await attempts.ListAsync(State.SweepId!, CancellationToken.None)).ToList();
        progress.Listed([.. SweepConfigurations.Complete(configurations, rows), .. failed]);
        givenUp.Clear();
        givenUp.UnionWith(failed);
        listed = true;
        return rows;
    }

    /// <summary>
    /// Decides at once where that brings work that is waited for. Each decision lists every row afresh: where enough is left to train meanwhile, that
    /// takes a twentieth of the time at most.
    /// </summary>
    private async Task DecideInTime()
    {
        if (progress.Left > 2 * window && time.GetElapsedTime(decidedAt) < MostTurns * decisionTook)
        {
            return;
        }

        var since = time.GetTimestamp();
        await Decide();
        (decidedAt, decisionTook) = (time.GetTimestamp(), time.GetElapsedTime(since));
    }

    /// <summary>Makes each decision that has become due, from a fresh listing, and stores it before anything acts on it.</summary>
    private async Task Decide()
    {
        while (SweepConfigurations.IsDue(plan!, State, configurations, progress.Ended))
        {
            var rows = await List();
            var rungs = SweepSearch.Decide(plan!, State, configurations, progress.Ended, rows);
            var replicas = SweepReplicas.Decide(plan!, State, configurations, progress.Ended, rows);
            var choices = SweepConfigurations.Decide(plan!, State, configurations, progress.Ended, rows);
            var stop = SweepStop.Decide(plan!, State, configurations, progress.Ended, rows);
            if (rungs.Count + replicas.Count + choices.Count == 0 && stop is null)
            {
                return;
            }

            await Store(State with
            {
                RungDecisions = [.. State.RungDecisions.Where(d => rungs.All(n => (n.BatchSize, n.Rung) != (d.BatchSize, d.Rung))), .. rungs],
                ReplicaDecisions = [.. State.ReplicaDecisions.Where(d => replicas.All(n => (n.Stage, n.BatchSize) != (d.Stage, d.BatchSize))), .. replicas],
                Decisions = [.. State.Decisions.Where(d => choices.All(n => n.BatchSize != d.BatchSize)), .. choices],
                Stop = stop ?? State.Stop,
            });
            foreach (var key in SweepConfigurations.Complete(configurations, rows))
            {
                progress.End(key);
            }

            await Aggregator.PlanChanged();
        }
    }

    private async Task<bool> IsComplete()
    {
        await List();
        return progress.Left == 0;
    }

    private async Task Complete()
    {
        await Store(WithEnd(State with { CompletedAt = time.GetUtcNow() }));
        SendNotices();
        CollectRegularly();
        await Aggregator.PlanChanged();
        SweepCompleted(Name, configurations.Count);
    }

    private async Task Store(SweepState next)
    {
        (storage.State, storing) = (next, true);
        try
        {
            await storage.WriteStateAsync();
            storing = false;
        }
        catch
        {
            // Whether it is stored is unknown: the next message finds a fresh activation that reads what is.
            DeactivateOnIdle();
            throw;
        }

        Expand();
    }

    private void Expand()
    {
        if (State.SweepId is null)
        {
            return;
        }

        if (plan is null || planned != PlannedFrom(State))
        {
            var stored = SweepPlan.Of(SweepDraft.Parse(State.SpecText, State.NetworkText), JsonSerializer.Deserialize<DatasetIdentity>(State.DatasetText)!, State.NumericsVersion);
            plan = stored.Value
                ?? throw new InvalidOperationException($"The stored specification of {Name} is none that this release can read: {string.Join("; ", stored.Errors)}. Run the release that it was submitted with.");
            planned = PlannedFrom(State);
        }

        configurations = SweepConfigurations.Of(plan, State);
        progress.Plan(configurations);
        if (shorter.Count != State.ShorterBudgets.Length)
        {
            shorter = ShorterBudgets.Of(State, plan.Dataset);
        }
    }

    /// <summary>What a plan is made of; decisions only choose from it.</summary>
    private static (string Spec, string? Network, string Dataset, int NumericsVersion) PlannedFrom(SweepState state) =>
        (state.SpecText, state.NetworkText, state.DatasetText, state.NumericsVersion);

    private SweepSnapshot? Snapshot() => State.SweepId is null || plan is null
        ? null
        : new(
            Name, State.SweepId, State.SpecText, plan.Dataset.Describe(plan.ValidationImages), plan.TrainedImages, plan.Dataset.TestImages,
            plan.Spec.Network, plan.Spec.Budget.ToString(), plan.Spec.Replicas, plan.Spec.Confirm, configurations.Count,
            State.CompletedAt is null ? progress.Done : configurations.Count, State.NumericsClass, Phase(), State.ControlVersion,
            State.CreatedAt, State.CompletedAt, EndedByLimit() ?? reason, plan.ValidationImages, SweepSearch.Unplanned(plan, State),
            plan.Spec.StopWhenDecided && SweepStop.RuledOut(plan, State) is { } ruledOut ? [.. ruledOut] : null,
            shorter.Count > 0 ? [.. shorter.Select(s => s.Name)] : null);

    private SweepPhase Phase() => State switch
    {
        { Deleting: true } => SweepPhase.Deleting,
        { Cancelled: true } => SweepPhase.Cancelled,
        { CompletedAt: not null } => SweepPhase.Completed,
        { EndedAtDeviceHours: not null } => SweepPhase.Limited,
        { Paused: true } => SweepPhase.Paused,
        _ when plan!.Spec.BatchSizes.All(m => SweepConfigurations.Decided(plan, State, m)) => SweepPhase.Confirming,
        _ => SweepPhase.Grid,
    };
}
