namespace SmallBatch.Silo.Trainers;

/// <summary>How a trainer process ended.</summary>
/// <param name="Text">In words.</param>
/// <param name="ByItself">False where somebody outside ended it: that says nothing of what it trained.</param>
internal sealed record TrainerEnd(string Text, bool ByItself)
{
    private const int Interrupt = 2;
    private const int Abort = 6;
    private const int Kill = 9;
    private const int Terminate = 15;

    /// <summary>Reads an exit code: above 128 it is a signal's number plus 128.</summary>
    public static TrainerEnd Of(int processId, int exitCode, bool outOfMemory) => (exitCode - 128) switch
    {
        Kill when outOfMemory => new($"trainer process {processId} was killed for want of memory", true),
        Interrupt or Kill or Terminate => new($"trainer process {processId} was ended from outside by signal {exitCode - 128}", false),
        Abort => new($"trainer process {processId} was aborted by its own code (signal {Abort})", true),
        > 0 and var signal => new($"trainer process {processId} was ended by signal {signal}", true),
        _ => new($"trainer process {processId} ended with exit code {exitCode}", true),
    };
}
