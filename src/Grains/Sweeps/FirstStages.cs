using System.Text.Json;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Results;
using SmallBatch.Specs;
using SmallBatch.Specs.Settings;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Sweeps;

/// <summary>Puts what a first stage chose into the specification of the sweep that trains it; pure.</summary>
internal static class FirstStages
{
    /// <summary>
    /// The specification with what the stored one of the same name has from the same first stage already: once chosen it stays,
    /// whatever became of that stage.
    /// </summary>
    public static SweepSpec Recall(SweepSpec spec, SweepSpec? stored) =>
        stored?.From is { SweepId: not null } before && spec.From?.Sweep == before.Sweep
            ? With(spec, before, spec.NotChosen.Where(m => stored.Rates(m).Count > 0).ToDictionary(m => m, stored.Rates))
            : spec;

    /// <summary>The specification with the first stage's choice at each batch size that has none, or everything that is in the way.</summary>
    public static SpecResult<SweepSpec> Choose(SweepSpec spec, SweepPlan plan, SweepChoice? first)
    {
        var name = spec.From!.Sweep;
        if (first is null || name == spec.Name)
        {
            return new List<SpecError> { new("from.sweep", name == spec.Name ? $"{name} itself" : $"no sweep '{name}'", "a completed sweep of this cluster") };
        }

        var errors = new List<SpecError>();
        if (first.Unfinished is { } why)
        {
            errors.Add(new("from.sweep", $"{name}, {why}", "it completed: until then it may choose otherwise"));
        }

        if (spec.From.SweepId is { } id && id != first.SweepId)
        {
            errors.Add(new("from.sweep", $"{name} as {first.SweepId}", $"{id}, which chose the other batch sizes' η̃; or another name"));
        }

        if (first.Network != plan.Network.CanonicalText)
        {
            errors.Add(new("from.sweep", $"{name} of another network", $"one of {spec.Network}, or baseLearningRates by batch size: {{ 8: 2^-9 }}"));
        }

        if (first.Dataset != JsonSerializer.Serialize(plan.Dataset))
        {
            errors.Add(new("from.sweep", $"{name} on another dataset", $"one on {plan.Dataset}, or baseLearningRates by batch size: {{ 8: 2^-9 }}"));
        }

        var there = string.Join(", ", first.Rates.Where(r => r.BaseLearningRate is not null).Select(r => $"{r.BatchSize}").DefaultIfEmpty("none"));
        var chosen = new Dictionary<int, IReadOnlyList<BaseLearningRate>>();
        foreach (var m in spec.NotChosen)
        {
            var choice = first.Rates.FirstOrDefault(r => r.BatchSize == m);
            if (choice?.BaseLearningRate is { } rate)
            {
                chosen[m] = [ReplicaResults.Rate(rate)];
            }
            else if (first.Unfinished is null)
            {
                errors.Add(new(
                    "batchSizes",
                    choice is null ? $"{m}, which {name} does not have" : $"{m}, at which no η̃ of {name} trained with every replica",
                    $"one of {there}, or its own: baseLearningRates: {{ {m}: 2^-9 }}"));
            }
        }

        return errors.Count > 0 ? errors : With(spec, spec.From with { SweepId = first.SweepId }, chosen);
    }

    private static SweepSpec With(SweepSpec spec, FirstStage from, Dictionary<int, IReadOnlyList<BaseLearningRate>> chosen)
    {
        var rates = spec.RatesByBatchSize!.Concat(chosen).ToDictionary();
        return spec with { From = from, RatesByBatchSize = rates, BaseLearningRates = [.. rates.Values.SelectMany(r => r).Distinct().Order()] };
    }
}
