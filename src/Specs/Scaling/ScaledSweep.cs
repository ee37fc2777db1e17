using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Specs.Scaling;

/// <summary>A specification brought down until its predicted time fits: a specification of its own, under a name of its own.</summary>
/// <param name="Draft">It, as if a user had written it.</param>
/// <param name="Plan">What it trains.</param>
/// <param name="Changes">Every key that differs from what was asked for; empty where that fits as it is.</param>
public sealed record ScaledSweep(SweepDraft Draft, SweepPlan Plan, IReadOnlyList<ScaledKey> Changes)
{
    private const int LongestName = 63;

    /// <summary>
    /// The largest form of a specification that is predicted to take no longer than asked for on that many CPU slots, or why
    /// there is none: every error of the specification, or how long the smallest form would take.
    /// </summary>
    /// <param name="draft">What was asked for.</param>
    /// <param name="dataset">Its dataset, as it takes it.</param>
    /// <param name="within">The time.</param>
    /// <param name="written">The time as the user wrote it; part of the new name.</param>
    /// <param name="slots">Slots that train side by side, at least 1.</param>
    public static SpecResult<ScaledSweep> Within(SweepDraft draft, DatasetIdentity dataset, TimeSpan within, string written, int slots)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(dataset);
        if (draft.Errors.Count > 0 || draft.Spec is not { } spec)
        {
            return draft.Errors.ToList();
        }

        var asked = SweepPlan.Of(draft, dataset);
        var least = asked.Value?.PredictedSeconds(slots) ?? double.PositiveInfinity;
        if (least <= within.TotalSeconds)
        {
            return new ScaledSweep(draft, asked.Value!, []);
        }

        if (spec.From is { } first)
        {
            // Its rates hold for the dataset, the network and the batch sizes that chose them.
            var instead = $"{first.Sweep} scaled instead, then {spec.Name} with 'from: {{ sweep: {Name(first.Sweep, written)} }}', and with its dataset, batch sizes and budget";
            return asked.Value is null ? asked.Errors.ToList() : [new("--within", $"{spec.Name}, whose base learning rates come from {first.Sweep}", instead)];
        }

        foreach (var (smaller, part) in SmallerForms.Of(spec with { Name = Name(spec.Name, written) }, dataset))
        {
            var form = SweepDraft.Parse(SweepSpecText.Write(smaller), draft.NetworkText);
            if (SweepPlan.Of(form, part).Value is { } plan)
            {
                least = Math.Min(least, plan.PredictedSeconds(slots));
                if (plan.PredictedSeconds(slots) <= within.TotalSeconds)
                {
                    return new ScaledSweep(form, plan, Between(spec, smaller));
                }
            }
        }

        return double.IsInfinity(least)
            ? asked.Errors.ToList()
            : [new("--within", written, FormattableString.Invariant($"at least {Math.Ceiling(least)}s, the predicted time of the smallest form of {spec.Name} on {slots} CPU slots"))];
    }

    private static string Name(string name, string written)
    {
        var suffix = $"-within-{written.Replace('.', '-')}";
        return name[..Math.Min(name.Length, LongestName - suffix.Length)] + suffix;
    }

    private static List<ScaledKey> Between(SweepSpec asked, SweepSpec smaller)
    {
        var (from, to) = (SweepSpecText.Values(asked).ToDictionary(), SweepSpecText.Values(smaller).ToDictionary());
        return [.. from.Keys.Union(to.Keys).Select(k => new ScaledKey(k, from.GetValueOrDefault(k, ""), to.GetValueOrDefault(k, ""))).Where(c => c.From != c.To)];
    }
}
