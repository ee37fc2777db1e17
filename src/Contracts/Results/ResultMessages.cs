using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Contracts.Results;

/// <summary>How a replica ended: a result, never an error.</summary>
[GenerateSerializer, Alias("smallbatch.replica-outcome-kind")]
public enum OutcomeKind
{
    /// <summary>Finite, and above what chance explains.</summary>
    Trained = 0,

    /// <summary>Finite, but not above the 99.9 % bound of chance.</summary>
    Untrained = 1,

    /// <summary>A loss that is not finite, with its step.</summary>
    Diverged = 2,
}

/// <summary>One replica's result, read from its stored row.</summary>
/// <param name="Stage">Grid or confirm.</param>
/// <param name="BatchSize">m.</param>
/// <param name="BaseLearningRate">η̃ as its canonical text.</param>
/// <param name="SettingsHash">SHA-256 of the settings, hex.</param>
/// <param name="Replica">Number within its stage, from 0.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="DivergedAtStep">First step whose loss was not finite, from 1; null unless diverged.</param>
/// <param name="Score">Median test accuracy over the last evaluations, 0 to 1; null when diverged.</param>
/// <param name="FinalTestAccuracy">Test accuracy after the last epoch, 0 to 1; null when diverged.</param>
/// <param name="FinalTrainLoss">Mean training loss of the last epoch; null when diverged.</param>
/// <param name="FinalTestLoss">Mean test loss after the last epoch; null when diverged.</param>
/// <param name="Updates">Updates of the whole run.</param>
/// <param name="Curve">One point per epoch.</param>
/// <param name="UpdateVariance">What was measured of the update's variance; empty where that was not asked for.</param>
/// <param name="TestCorrect">Which test images were right at the end, one bit each, the first in the lowest bit of the first byte; null when diverged.</param>
/// <param name="ValidationScore">The score on the images that were kept back to select; null when diverged, and where none were.</param>
/// <param name="Budget">How long it trained, <c>9 epochs</c>, where that is a rung's; null for the sweep's own budget.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.replica-result")]
public sealed record ReplicaResult(
    Stage Stage,
    int BatchSize,
    string BaseLearningRate,
    string SettingsHash,
    int Replica,
    OutcomeKind Outcome,
    long? DivergedAtStep,
    double? Score,
    double? FinalTestAccuracy,
    double? FinalTrainLoss,
    double? FinalTestLoss,
    long Updates,
    CurvePoint[] Curve,
    VariancePoint[] UpdateVariance,
    byte[]? TestCorrect,
    double? ValidationScore = null,
    string? Budget = null);

/// <summary>One epoch of a replica; validation figures are null where no images were kept back to select.</summary>
[GenerateSerializer, Immutable, Alias("smallbatch.curve-point")]
public sealed record CurvePoint(
    int Epoch,
    long Step,
    double TrainLoss,
    double TrainAccuracy,
    double TestLoss,
    double TestAccuracy,
    double? GradientNorm,
    double? ValidationLoss = null,
    double? ValidationAccuracy = null);

/// <summary>The variance of the mean gradient at one moment for one batch size, measured at one replica's weights.</summary>
/// <param name="Step">Updates done.</param>
/// <param name="BatchSize">The batch size that was measured.</param>
/// <param name="GradientVariance">Trace of the covariance, corrected for the finite training set; null where it was not finite.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.variance-point")]
public sealed record VariancePoint(long Step, int BatchSize, double? GradientVariance);

/// <summary>One attempt: where and how long. Differs from run to run, so it never enters <c>results.csv</c>.</summary>
/// <param name="Attempt">From 1.</param>
/// <param name="Token">Its lease's token as text.</param>
/// <param name="Host">Silo's name.</param>
/// <param name="Device">Device.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="End">How it ended.</param>
/// <param name="Reason">Why, where it did not complete.</param>
/// <param name="TrainingSeconds">Time spent training.</param>
/// <param name="ResumedFromStep">Step of the checkpoint it started from; 0 for a fresh start.</param>
/// <param name="ReachedStep">Updates done when it ended, as far as known.</param>
/// <param name="Generation">The retry generation of its configuration; 0 before the first retry.</param>
/// <param name="EnergyJoules">What its GPU used meanwhile, see <see cref="Configurations.AttemptReport"/>; null where not known.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.run-record")]
public sealed record RunRecord(
    int Attempt,
    string Token,
    string Host,
    string Device,
    DateTimeOffset StartedAt,
    DateTimeOffset EndedAt,
    AttemptEnd End,
    string? Reason,
    double TrainingSeconds,
    long ResumedFromStep,
    long ReachedStep,
    int Generation = 0,
    double? EnergyJoules = null);

/// <summary>One attempt with its configuration.</summary>
[GenerateSerializer, Immutable, Alias("smallbatch.run-row")]
public sealed record RunRow(string Key, Stage Stage, int BatchSize, string BaseLearningRate, RunRecord Run);

/// <summary>What the replicas of one cell say.</summary>
/// <param name="Stage">Grid or confirm.</param>
/// <param name="BatchSize">m.</param>
/// <param name="BaseLearningRate">η̃ as its canonical text.</param>
/// <param name="Replicas">Replicas asked for.</param>
/// <param name="Trained">Replicas trained.</param>
/// <param name="Untrained">Replicas finite but not above chance.</param>
/// <param name="Diverged">Replicas diverged.</param>
/// <param name="Mean">Mean score over the finite replicas, 0 to 1, in the grid on the images that select; null where none is finite.</param>
/// <param name="StandardDeviation">Sample standard deviation; null below two.</param>
/// <param name="IntervalLow">Lower end of the 95 % t interval of the mean; null below two, and where a replica did not train.</param>
/// <param name="IntervalHigh">Upper end of it.</param>
/// <param name="Complete">Whether every replica's row is stored.</param>
/// <param name="First">The replicas whose deviation fixed how many there are; null unless there are more than those for that reason.</param>
/// <param name="FirstDeviation">Their sample standard deviation.</param>
/// <param name="LeftOutAfter">The budget after which the search left it out, <c>9 epochs</c>; it is never complete then, and Diverged counts the replicas that would diverge on the whole budget for sure.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.cell-summary")]
public sealed record CellSummary(
    Stage Stage,
    int BatchSize,
    string BaseLearningRate,
    int Replicas,
    int Trained,
    int Untrained,
    int Diverged,
    double? Mean,
    double? StandardDeviation,
    double? IntervalLow,
    double? IntervalHigh,
    bool Complete,
    int? First = null,
    double? FirstDeviation = null,
    string? LeftOutAfter = null);

/// <summary>One rung of the search over one batch size's η̃.</summary>
/// <param name="BatchSize">m.</param>
/// <param name="Rung">From 1, the shortest first.</param>
/// <param name="Budget">How long each run trained: <c>9 epochs</c>.</param>
/// <param name="Cells">What its replicas say.</param>
/// <param name="Kept">The η̃ that went on to the next budget; null before that is decided.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.rung-summary")]
public sealed record RungSummary(int BatchSize, int Rung, string Budget, CellSummary[] Cells, string[]? Kept);

/// <summary>An interval of a score or of a difference of scores, 0 to 1 or −1 to 1.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.score-interval")]
public sealed record ScoreInterval(double Low, double High);

/// <summary>Neighbouring base learning rates of the grid.</summary>
/// <param name="From">The lowest η̃.</param>
/// <param name="To">The highest.</param>
/// <param name="Octaves">Width; 0 for a single value.</param>
/// <param name="IsBound">Whether it touches the grid's edge or a cell that is not complete, so that its width is a lower bound.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.rate-range")]
public sealed record RateRange(string From, string To, double Octaves, bool IsBound);

/// <summary>What a sweep says about one batch size.</summary>
/// <param name="BatchSize">m.</param>
/// <param name="BestBaseLearningRate">η̃ with the best grid mean among cells all of whose replicas trained; null where none.</param>
/// <param name="Selected">That cell's grid summary: biased upwards, being the best of many.</param>
/// <param name="Confirmed">The winner's summary over fresh seeds, or null where it was not confirmed.</param>
/// <param name="OnGridEdge">Whether the best η̃ is the first or last of the axis.</param>
/// <param name="Trains">The widest range in which every replica trained; null where none.</param>
/// <param name="NearOwnBest">The range around its best η̃ within 2 points of that cell's grid mean, every replica trained; null where there is no best.</param>
/// <param name="NearNetworkBest">The range around its best η̃ within 2 points of the best grid mean of all batch sizes; null where its best is not.</param>
/// <param name="Bootstrap">95 % bootstrap interval of the mean over the fresh seeds; null below ten of them.</param>
/// <param name="FromBestOfOthers">95 % interval of its true mean's distance from the best of the others', all batch sizes' together; null without fresh seeds.</param>
/// <param name="Detectable">The smallest distance from the best that its seeds would have shown with 80 % probability; null for the best, and without fresh seeds.</param>
/// <param name="TestSetHalfWidth">Half the 95 % interval of its final test accuracy over other test sets of this size; null where nothing is known.</param>
/// <param name="TestSetFromBest">95 % interval of its final test accuracy's distance from the best's over other test sets, image by image; null for the best.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.batch-size-summary")]
public sealed record BatchSizeSummary(
    int BatchSize,
    string? BestBaseLearningRate,
    CellSummary? Selected,
    CellSummary? Confirmed,
    bool OnGridEdge,
    RateRange? Trains,
    RateRange? NearOwnBest,
    RateRange? NearNetworkBest,
    ScoreInterval? Bootstrap,
    ScoreInterval? FromBestOfOthers,
    double? Detectable,
    double? TestSetHalfWidth,
    ScoreInterval? TestSetFromBest);

/// <summary>What a sweep says.</summary>
/// <param name="Sentence">The answer in one sentence, with budget, N, selection split and updates per m.</param>
/// <param name="BestBatchSize">The batch size with the best confirmed (or else selected) mean; null where nothing trained.</param>
/// <param name="NotToldApart">Batch sizes that cannot be told from the best at 5 %, simultaneously; the best itself left out.</param>
/// <param name="Confirmed">Whether the comparison rests on fresh seeds.</param>
/// <param name="Cells">Every cell of the grid and of the confirmation.</param>
/// <param name="BatchSizes">Every batch size.</param>
/// <param name="Warnings">What limits the answer, one line each: missing cells, too few replicas, winners on the grid's edge, seeds that did not train.</param>
/// <param name="Delta">The practical margin, points of accuracy.</param>
/// <param name="WithinDelta">Batch sizes whose mean lies at most that far below the best's; the best itself left out.</param>
/// <param name="LeftOut">Batch sizes that cannot be the best: complete, and not every seed trained.</param>
/// <param name="Rungs">What the search trained on shorter budgets, by batch size and rung; empty for a full grid.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.analysis")]
public sealed record Analysis(
    string Sentence,
    int? BestBatchSize,
    int[] NotToldApart,
    bool Confirmed,
    CellSummary[] Cells,
    BatchSizeSummary[] BatchSizes,
    string[] Warnings,
    double Delta,
    int[] WithinDelta,
    int[] LeftOut,
    RungSummary[] Rungs);

/// <summary>The results of a sweep so far.</summary>
/// <param name="Sweep">The sweep itself.</param>
/// <param name="Network">The network's name.</param>
/// <param name="Replicas">Every stored replica, ordered by stage, m, η̃, replica.</param>
/// <param name="Runs">Every stored attempt.</param>
/// <param name="Analysis">What the rows say.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.sweep-results")]
public sealed record SweepResults(
    SweepSnapshot Sweep,
    string Network,
    ReplicaResult[] Replicas,
    RunRow[] Runs,
    Analysis Analysis);
