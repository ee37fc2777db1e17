using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Statistics;

namespace SmallBatch.Grains.Results;

/// <summary>What the replicas of a cell say together.</summary>
internal static class Summaries
{
    /// <summary>Of every interval and of every comparison.</summary>
    public const double Level = 0.95;

    /// <summary>
    /// Mean and deviation over the replicas that stayed finite, each by what it is judged. The 95 % interval of Student's t only where all of them trained:
    /// what is left of a cell after failures is no sample of it. Where the deviation of the <paramref name="first"/> replicas fixed
    /// how many there are in the end, it is that of the two-stage procedure.
    /// </summary>
    public static CellSummary Of(Stage stage, int batchSize, string rate, int replicas, IReadOnlyCollection<ReplicaResult> results, int? first = null)
    {
        var scores = results.Select(ReplicaResults.Judged).OfType<double>().ToArray();
        Sample? sample = scores.Length > 0 ? Sample.Of(scores) : null;
        var trained = results.All(r => r.Outcome == OutcomeKind.Trained);
        Sample? early = trained && first is { } begun && begun < scores.Length ? Sample.Of([.. results.Where(r => r.Replica < begun).Select(r => ReplicaResults.Judged(r)!.Value)]) : null;
        var interval = sample is not { } all || !trained ? null
            : early is { } e ? TwoStage.Interval(e, all, Level)
            : StudentInterval.Of(all, Level);
        return new(
            stage,
            batchSize,
            rate,
            replicas,
            results.Count(r => r.Outcome == OutcomeKind.Trained),
            results.Count(r => r.Outcome == OutcomeKind.Untrained),
            results.Count(r => r.Outcome == OutcomeKind.Diverged),
            sample?.Mean,
            sample is { Count: > 1 } ? sample.Value.StandardDeviation : null,
            interval?.Low,
            interval?.High,
            results.Count >= replicas,
            early?.Count,
            early?.StandardDeviation);
    }
}
