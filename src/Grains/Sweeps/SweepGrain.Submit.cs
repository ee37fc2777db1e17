using System.Text.Json;
using SmallBatch.Contracts;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Specs;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Sweeps;

/// <summary>What a submission does: everything is checked at once, and nothing is answered before it is stored.</summary>
internal sealed partial class SweepGrain
{
    /// <inheritdoc/>
    public async Task<SubmitReply> Submit(SweepSubmission submission, CancellationToken cancellationToken = default)
    {
        var draft = SweepDraft.Parse(submission.SpecText, submission.NetworkText);
        var planned = SweepPlan.Of(draft, draft.Dataset is { } dataset ? await datasets.InspectAsync(dataset, cancellationToken) : null);
        if (planned.Value is not { } wanted)
        {
            return Refuse(planned.Errors);
        }

        if (wanted.Spec.Name != Name)
        {
            return Refuse([new("name", wanted.Spec.Name, $"{Name}, the name it was submitted under")]);
        }

        return State.SweepId is null ? await Create(draft.NetworkText, wanted) : await Resubmit(wanted);
    }

    private async Task<SubmitReply> Create(string? networkText, SweepPlan planned)
    {
        await Store(new SweepState
        {
            SweepId = $"{Name}-{Guid.NewGuid().ToString("N")[..8]}",
            SpecText = SweepSpecText.Write(planned.Spec),
            NetworkText = networkText,
            DatasetText = JsonSerializer.Serialize(planned.Dataset),
            ControlVersion = 1,
            CreatedAt = time.GetUtcNow(),
        });
        SweepSubmitted(Name, State.SweepId!, configurations.Count);
        return await Begin(SubmitOutcome.Accepted);
    }

    private async Task<SubmitReply> Resubmit(SweepPlan planned)
    {
        if (State.Deleting)
        {
            return Refuse([new("name", $"{Name}, a sweep that is being deleted", "another name, or the same once it is gone")]);
        }

        if (State.Cancelled)
        {
            return Refuse([new("name", $"{Name}, a sweep that was cancelled", $"another name, or the same after smallbatch sweep delete {Name}")]);
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

        if (errors.Count > 0)
        {
            return Refuse(errors);
        }

        if (difference.Relation == SweepRelation.Same)
        {
            await ReopenIfRowsAreMissing();
            return await Begin(SubmitOutcome.Unchanged);
        }

        // The same layers under another name: the stored text goes with the stored name.
        var extended = planned.Spec with { Network = plan.Spec.Network };
        await Store(State with { SpecText = SweepSpecText.Write(extended), ControlVersion = State.ControlVersion + 1, CompletedAt = null });
        SweepExtended(Name, configurations.Count);
        return await Begin(SubmitOutcome.Extended);
    }

    private async Task<SubmitReply> Begin(SubmitOutcome outcome)
    {
        await Begin();
        return new(outcome, Snapshot(), []);
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

    private SubmitReply Refuse(IEnumerable<SpecError> errors) =>
        new(SubmitOutcome.Refused, Snapshot(), [.. errors.Select(e => new InputError(e.Path, e.Found, e.Wanted))]);
}
