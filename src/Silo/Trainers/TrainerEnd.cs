using SmallBatch.Training.Protocol;

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

    /// <summary>Reads an exit code: one of the trainer's own, or above 128 a signal's number plus 128.</summary>
    public static TrainerEnd Of(int processId, int exitCode, bool outOfMemory, string lastLine) => exitCode switch
    {
        TrainerExit.OutOfDeviceMemory or TrainerExit.OutOfHostMemory or TrainerExit.Failed => new($"trainer process {processId} ended: {lastLine}", true),
        128 + Kill when outOfMemory => new($"trainer process {processId} was killed for want of memory", true),
        128 + Interrupt or 128 + Kill or 128 + Terminate => new($"trainer process {processId} was ended from outside by signal {exitCode - 128}", false),
        128 + Abort => new($"trainer process {processId} was aborted by its own code (signal {Abort})", true),
        > 128 => new($"trainer process {processId} was ended by signal {exitCode - 128}", true),
        _ => new($"trainer process {processId} ended with exit code {exitCode}", true),
    };
}
