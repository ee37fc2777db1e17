using SmallBatch.Training.Protocol;

namespace SmallBatch.Silo.Trainers;

/// <summary>How a trainer process ended.</summary>
/// <param name="Text">In words.</param>
/// <param name="ByItself">False where somebody outside ended it: that says nothing of what it trained.</param>
/// <param name="OutOfMemory">Whether it wanted more memory than there is: that says nothing of the device.</param>
/// <param name="DiskFull">Whether it wanted more room on a disk than there is: that says nothing of what it trained.</param>
internal sealed record TrainerEnd(string Text, bool ByItself, bool OutOfMemory = false, bool DiskFull = false)
{
    private const int Interrupt = 2;
    private const int Abort = 6;
    private const int Kill = 9;
    private const int Terminate = 15;

    /// <summary>Reads an exit code: one of the trainer's own, or above 128 a signal's number plus 128.</summary>
    public static TrainerEnd Of(int processId, int exitCode, bool outOfMemory, string lastLine) => exitCode switch
    {
        TrainerExit.OutOfDeviceMemory or TrainerExit.OutOfHostMemory => new($"trainer process {processId} ended: {lastLine}", true, OutOfMemory: true),
        TrainerExit.DiskFull => new($"trainer process {processId} ended: {lastLine}", false, DiskFull: true),
        TrainerExit.Failed => new($"trainer process {processId} ended: {lastLine}", true),
        128 + Kill when outOfMemory => new($"trainer process {processId} was killed for want of memory", true, OutOfMemory: true),
        128 + Interrupt or 128 + Kill or 128 + Terminate => new($"trainer process {processId} was ended from outside by signal {exitCode - 128}", false),
        128 + Abort => new($"trainer process {processId} was aborted by its own code (signal {Abort})", true),
        > 128 => new($"trainer process {processId} was ended by signal {exitCode - 128}", true),
        _ => new($"trainer process {processId} ended with exit code {exitCode}", true),
    };
}
