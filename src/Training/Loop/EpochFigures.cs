namespace SmallBatch.Training.Loop;

/// <summary>One replica's training figures of an epoch.</summary>
/// <param name="Loss">Mean loss of the images as they were trained on.</param>
/// <param name="Accuracy">Share of them that was right, 0 to 1.</param>
/// <param name="GradientNorm">Mean norm of the gradient over the updates.</param>
internal readonly record struct EpochFigures(double Loss, double Accuracy, double GradientNorm);
