namespace SmallBatch.Silo.Trainers;

/// <summary>A trainer ended, or was ended, before its first word.</summary>
internal sealed class TrainerNotStartedException(string message, bool byItself, Exception inner) : InvalidOperationException(message, inner)
{
    /// <summary>False where somebody outside ended it: that says nothing of what it was to train.</summary>
    public bool ByItself { get; } = byItself;
}
