using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Contracts.Results;

/// <summary>A change of one cell.</summary>
/// <param name="Key">The configuration grain's key.</param>
/// <param name="Status">Where it is in its life.</param>
/// <param name="Attempt">Number of the current or last attempt.</param>
/// <param name="Host">Where it trains, or null.</param>
/// <param name="Device">On what, or null.</param>
/// <param name="Epoch">Epochs done; 0 where that is not what changed.</param>
/// <param name="ImagesPerSecond">Training images a second, all replicas together; 0 where that is not what changed.</param>
/// <param name="TestAccuracy">Test accuracy of each replica, 0 to 1, NaN where it diverged; empty where that is not what changed.</param>
/// <param name="QueuePosition">Place in the queue from 1, or 0.</param>
/// <param name="Reason">Why it waits or what happened, or null.</param>
/// <param name="Step">Updates done; 0 where that is not what changed.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.cell-observation")]
public sealed record CellObservation(
    string Key,
    ConfigurationStatus Status,
    int Attempt,
    string? Host,
    string? Device,
    int Epoch,
    double ImagesPerSecond,
    double[] TestAccuracy,
    int QueuePosition,
    string? Reason,
    long Step);

/// <summary>One cell of a sweep as it stands.</summary>
/// <param name="Key">The configuration grain's key.</param>
/// <param name="Stage">Grid or confirm.</param>
/// <param name="BatchSize">m.</param>
/// <param name="BaseLearningRate">η̃ as its canonical text.</param>
/// <param name="Status">Where it is in its life.</param>
/// <param name="Replicas">Replicas asked for.</param>
/// <param name="Trained">Replicas whose outcome is <c>trained</c>.</param>
/// <param name="Untrained">Replicas whose outcome is <c>untrained</c>.</param>
/// <param name="Diverged">Replicas whose outcome is <c>diverged</c>.</param>
/// <param name="MeanScore">Mean score of its replicas once completed, 0 to 1; else null.</param>
/// <param name="StandardDeviation">Sample standard deviation of that; null below two replicas.</param>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="TestAccuracy">Mean test accuracy over finite replicas after the last epoch, 0 to 1; null before the first.</param>
/// <param name="ImagesPerSecond">Training images a second while it trains; else 0.</param>
/// <param name="Attempt">Number of the current or last attempt.</param>
/// <param name="Host">Where it trains, or null.</param>
/// <param name="Device">On what, or null.</param>
/// <param name="QueuePosition">Place in the queue from 1, or 0.</param>
/// <param name="EtaSeconds">Predicted seconds until it ends, its time in the queue included, or null.</param>
/// <param name="Reason">Why it waits or what happened, or null.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.cell-status")]
public sealed record CellStatus(
    string Key,
    Stage Stage,
    int BatchSize,
    string BaseLearningRate,
    ConfigurationStatus Status,
    int Replicas,
    int Trained,
    int Untrained,
    int Diverged,
    double? MeanScore,
    double? StandardDeviation,
    int Epoch,
    int Epochs,
    double? TestAccuracy,
    double ImagesPerSecond,
    int Attempt,
    string? Host,
    string? Device,
    int QueuePosition,
    double? EtaSeconds,
    string? Reason);

/// <summary>A sweep as it stands.</summary>
/// <param name="Sweep">The sweep itself.</param>
/// <param name="Rebuilding">True while the view is being rebuilt after an activation: cells may look older than they are.</param>
/// <param name="Cells">Every cell, ordered by stage, m, η̃.</param>
/// <param name="ImagesPerSecond">Training images a second, all trainers together.</param>
/// <param name="EtaSeconds">Predicted seconds until the sweep ends, or null where nothing has trained yet.</param>
/// <param name="EtaDeviationSeconds">
/// Standard deviation of that, from how far durations that were measured lie from their predictions; null below two trainings that ran to their end, and from an earlier version.
/// </param>
[GenerateSerializer, Immutable, Alias("smallbatch.sweep-status")]
public sealed record SweepStatus(SweepSnapshot Sweep, bool Rebuilding, CellStatus[] Cells, double ImagesPerSecond, double? EtaSeconds, double? EtaDeviationSeconds = null);
