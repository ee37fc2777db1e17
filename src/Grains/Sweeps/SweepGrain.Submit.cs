using System.Text.Json;
using SmallBatch.Contracts;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Specs;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Sweeps;

/// <summary>What a submission does: everything is checked at once, and nothing is answered before it is stored.</summary>
internal sealed partial class SweepGrain
{
    /// <inheritdoc/>
    public async Task<SubmitReply> Submit(SweepSubmission submission, CancellationToken cancellationToken = default)
    {
        using var span = Spans.Begin("submit")?.SetTag("smallbatch.sweep", Name);
        var wanted = await Consider(submission, cancellationToken);
        span?.SetTag("smallbatch.outcome", wanted.Outcome.Label());
        switch (wanted.Outcome)
        {
            case SubmitOutcome.Refused:
                return Refuse(wanted.Errors);
            case SubmitOutcome.Unchanged:
                await ReopenIfRowsAreMissing();
                break;
            case SubmitOutcome.Accepted:
                (plan, planned) = (wanted.Plan, PlannedFrom(wanted.State));
                await Store(wanted.State);
                SweepSubmitted(Name, State.SweepId!, configurations.Count);
                break;
            default:
                if (State.EndedAtDeviceHours is not null || wanted.State.ShorterBudgets.Length > State.ShorterBudgets.Length)
                {
                    // What was withdrawn is ordered again; and a longer budget's rungs may be a shorter one's.
                    queued.Clear();
                    listed = false;
                }

                await Store(wanted.State);
                SweepExtended(Name, configurations.Count);
                break;
        }

        await Begin();
        await WithdrawShorter();
        return new(wanted.Outcome, Snapshot(), []);
    }

    /// <inheritdoc/>
    public async Task<SweepPreview> Preview(SweepSubmission submission, CancellationToken cancellationToken = default)
    {
        var wanted = await Consider(submission, cancellationToken);
        var dataset = wanted.Dataset is { } found ? JsonSerializer.Serialize(found) : null;
        if (wanted.Plan is null)
        {
            return new(wanted.Outcome, [], Wire(wanted.Errors), dataset);
        }

        var stored = State.SweepId is null ? [] : await results.ListAsync(State.SweepId, cancellationToken);
        var saved = await SavedUpdates(wanted.Plan, wanted.State, cancellationToken);
        return new(wanted.Outcome, [.. PreviewRows.Of(wanted.Plan, wanted.State, stored, saved)], [], SweepSpecText.Write(wanted.Plan.Spec), dataset);
    }

    /// <summary>What a submission would make of what is stored; stores nothing.</summary>
    private async Task<Considered> Consider(SweepSubmission submission, CancellationToken cancellationToken)
    {
        var draft = SweepDraft.Parse(submission.SpecText, submission.NetworkText);
        var dataset = draft.Dataset is { } named ? await datasets.InspectAsync(named, cancellationToken) : null;
        var (version, most) = (State.NumericsVersion, options.Value.MostCells);

        // A hundred thousand cells take seconds: others are answered meanwhile.
        var planned = await Task.Run(() => SweepPlan.Of(draft, dataset, version, most), cancellationToken);
        if (planned.Value is { Spec.From: not null } staged)
        {
            var chosen = await Choose(staged);
            planned = chosen.Value is { } spec ? SweepPlan.Of(draft with { Spec = spec }, dataset, version, most) : chosen.Errors.ToList();
        }

        var considered = planned.Value is not { } wanted ? Refused(planned.Errors)
            : wanted.Spec.Name != Name ? Refused([new("name", wanted.Spec.Name, $"{Name}, the name it was submitted under")])
            : State.SweepId is null ? new(SubmitOutcome.Accepted, New(draft.NetworkText, wanted), wanted, [])
            : Again(wanted);
        return considered with { Dataset = dataset?.Value };
    }

    /// <summary>Asks the first stage for what it chose, but for what is stored of it already.</summary>
    private async Task<SpecResult<SweepSpec>> Choose(SweepPlan planned)
    {
        var spec = FirstStages.Recall(planned.Spec, plan?.Spec);
        return spec.NotChosen.Count == 0 ? spec
            : FirstStages.Choose(spec, planned, spec.From!.Sweep == Name ? null : await GrainFactory.GetGrain<ISweepGrain>(spec.From.Sweep).Choice());
    }

    private SweepState New(string? networkText, SweepPlan planned) => new()
    {
        SweepId = $"{Name}-{Guid.NewGuid().ToString("N")[..8]}",
        SpecText = SweepSpecText.Write(planned.Spec),
        NetworkText = networkText,
        DatasetText = JsonSerializer.Serialize(planned.Dataset),
        ControlVersion = 1,
        CreatedAt = time.GetUtcNow(),
        Trace = Spans.Sampled()?.Id,
    };

    private Considered Again(SweepPlan planned)
    {
        if (State.Deleting)
        {
            return Refused([new("name", $"{Name}, a sweep that is being deleted", "another name, or the same once it is gone")]);
        }

        if (State.Cancelled)
        {
            return Refused([new("name", $"{Name}, a sweep that was cancelled", $"another name, or the same after smallbatch sweep delete {Name}")]);
        }

        var difference = SweepDifference.Between(plan!.Spec, planned.Spec);
        var errors = difference.Differences.ToList();
        if (planned.Network.CanonicalText != plan.Network.CanonicalText)
        {
            errors.Add(new("network", $"{planned.Spec.Network} with other layers", "the stored sweep's layers, or another name"));
        }

        if (planned.Dataset != plan.Dataset)
        {
            errors.Add(new("dataset", $"{planned.Dataset} with content {planned.Dataset.ContentHash[..12]}", $"the stored sweep's {plan.Dataset} with content {plan.Dataset.ContentHash[..12]}, or another name"));
        }

        // The same layers under another name: the stored text goes with the stored name.
        return errors.Count > 0 ? Refused(errors)
            : difference.Relation == SweepRelation.Same ? new(SubmitOutcome.Unchanged, State, plan, [])
            : new(SubmitOutcome.Extended, SweepConfigurations.Extended(State, plan.Spec, planned.Spec with { Network = plan.Spec.Network }), planned, []);
    }

    /// <summary>Registers what keeps it going: its work, or once that is over, the search for what it left.</summary>
    private async Task Begin()
    {
        await this.RegisterOrUpdateReminder(Backstop, options.Value.BackstopPeriod, options.Value.BackstopPeriod);
        await index.MarkAsync(Name, true, CancellationToken.None);
        if (Unfinished)
        {
            AdvanceRegularly();
        }
        else
        {
            CollectRegularly();
        }

        await Aggregator.PlanChanged();
    }

    private SubmitReply Refuse(IEnumerable<SpecError> errors) => new(SubmitOutcome.Refused, Snapshot(), Wire(errors));

    private Considered Refused(IReadOnlyList<SpecError> errors) => new(SubmitOutcome.Refused, State, null, errors);

    private static InputError[] Wire(IEnumerable<SpecError> errors) => [.. errors.Select(e => new InputError(e.Path, e.Found, e.Wanted))];

    /// <summary>What a submission would make of a sweep: what is to be stored, its plan, null where it is refused, and the dataset that it names.</summary>
    private sealed record Considered(SubmitOutcome Outcome, SweepState State, SweepPlan? Plan, IReadOnlyList<SpecError> Errors, DatasetIdentity? Dataset = null);
}
