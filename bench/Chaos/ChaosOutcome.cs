using SmallBatch.Bench.Chaos.History;
using SmallBatch.Bench.Chaos.Strikes;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Bench.Chaos;

/// <summary>How a run ended, and everything that was logged.</summary>
/// <param name="Csv">results.csv.</param>
/// <param name="Results">Replicas and attempts.</param>
/// <param name="Sizes">Batch sizes that the sweep was widened to.</param>
/// <param name="Strikes">What was done to it.</param>
/// <param name="Events">Its history.</param>
/// <param name="Lines">Every line of every silo's log.</param>
/// <param name="Rollbacks">When the store lost its last seconds.</param>
/// <param name="FailedStarts">Starts of silos that were not ready in time, and were made again.</param>
/// <param name="PutBack">Devices that were out of service, and why; they were put back.</param>
/// <param name="Orphans">Checkpoints that nobody refers to and that were not collected.</param>
/// <param name="Disagreements">What <c>sweep verify</c> finds at the end.</param>
/// <param name="Took">From submission to the last row.</param>
internal sealed record ChaosOutcome(
    string Csv,
    SweepResults Results,
    int Sizes,
    IReadOnlyList<Strike> Strikes,
    IReadOnlyList<HistoryEvent> Events,
    IReadOnlyList<string> Lines,
    IReadOnlyList<DateTimeOffset> Rollbacks,
    int FailedStarts,
    IReadOnlyList<string> PutBack,
    IReadOnlyList<string> Orphans,
    IReadOnlyList<Disagreement> Disagreements,
    TimeSpan Took)
{
    /// <summary>Rules of the history that are broken.</summary>
    public IReadOnlyList<Violation> Violations() =>
        HistoryChecker.Check(Events, Results.Replicas.GroupBy(KeyOf).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal), Rollbacks);

    private string KeyOf(ReplicaResult replica) => Results.Runs.First(r => r.Stage == replica.Stage && r.BatchSize == replica.BatchSize && r.BaseLearningRate == replica.BaseLearningRate).Key;
}
