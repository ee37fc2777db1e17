using System.CommandLine;
using SmallBatch.Client.Views;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Scaling;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Client.Commands;

/// <summary><c>--within</c> and <c>--scale</c>: a specification brought down until its predicted time fits.</summary>
internal sealed class ScalingOptions(CommandContext context)
{
    private static readonly WrittenTime Minutes = WrittenTime.Read("10m")!;
    private readonly Option<WrittenTime?> within = CommandOptions.Duration("--within", "Scale the specification down until its predicted time fits, and show what was scaled");
    private readonly Option<bool> scale = new("--scale") { Description = $"The same as --within {Minutes.Text}" };

    /// <summary>The options.</summary>
    public Option[] All => [within, scale];

    /// <summary>The time that is asked for, or null. Throws <see cref="BadInputException"/> where it is asked for twice.</summary>
    public WrittenTime? Asked(ParseResult parsed) => (parsed.GetValue(within), parsed.GetValue(scale)) switch
    {
        ({ } time, true) => throw new BadInputException($"--scale: found beside --within {time.Text}, wanted one of the two"),
        ({ } time, false) => time,
        (_, true) => Minutes,
        _ => null,
    };

    /// <summary>The form of a specification that fits, with what was scaled printed. Throws <see cref="BadInputException"/> where there is none.</summary>
    public SweepDraft Scale(SweepDraft draft, DatasetIdentity dataset, WrittenTime asked, int slots, bool print)
    {
        var scaled = ScaledSweep.Within(draft, dataset, asked.Time, asked.Text, slots);
        if (scaled.Value is not { } form)
        {
            throw new BadInputException(scaled.Errors.Select(e => e.ToString()));
        }

        if (print)
        {
            Show(draft, form, asked, slots);
        }

        return form.Draft;
    }

    private void Show(SweepDraft draft, ScaledSweep form, WrittenTime asked, int slots)
    {
        var predicted = $"predicted about {Format.Time(form.Plan.PredictedSeconds(slots))} on {slots} CPU {(slots == 1 ? "slot" : "slots")}";
        if (form.Changes.Count == 0)
        {
            Output.Prose(context.Console, $"{draft.Spec!.Name} fits within {asked.Text} as it is, {predicted}: nothing is scaled.");
            return;
        }

        ListTable.Write(context.Console, form.Changes, [new("scaled", c => c.Key), new("from", c => c.From, Wraps: true), new("to", c => c.To, Wraps: true)]);
        Output.Prose(context.Console, $"Scaled to fit within {asked.Text}, {predicted}: {form.Draft.Spec!.Name} is a sweep of its own, and its results are none of {draft.Spec!.Name}'s.");
    }
}
