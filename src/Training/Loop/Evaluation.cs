namespace SmallBatch.Training.Loop;

/// <summary>What one replica's evaluation says.</summary>
/// <param name="Loss">Mean loss.</param>
/// <param name="Correct">Which images were right.</param>
internal sealed record Evaluation(double Loss, bool[] Correct)
{
    /// <summary>Share of right ones.</summary>
    public double Accuracy { get; } = Correct.Count(c => c) / (double)Correct.Length;
}
