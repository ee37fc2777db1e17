using System.Runtime.InteropServices;

namespace SmallBatch.Training.Natives;

/// <summary>
/// What must be settled before libtorch is loaded, beside the instruction set: its threads and CUDA's numbering and workspaces (the
/// bits depend on them), how its allocator behaves, and where chatter on standard output goes.
/// </summary>
internal static class ProcessSetup
{
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MmapThreshold = -3;

    /// <summary>Pins threads, CUDA's numbering and workspaces, tunes the allocator, lowers the priority.</summary>
    public static void PrepareForTorch(int niceness)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        foreach (var (name, value) in new[]
        {
            ("OMP_NUM_THREADS", "1"),
            ("MKL_NUM_THREADS", "1"),
            // cuda:N is the same device in every process of this machine, and the one that the driver's own tools show.
            ("CUDA_DEVICE_ORDER", "PCI_BUS_ID"),
            // Without room of its own per stream cuBLAS may sum in another order each time.
            ("CUBLAS_WORKSPACE_CONFIG", ":4096:8"),
        })
        {
            _ = LibC.SetEnvironment(name, value, 1);
        }

        if (LibC.IsGnu)
        {
            // glibc returns large blocks to the system on every free; keeping them is a fifth more images a second.
            _ = LibC.SetAllocator(MmapThreshold, 1 << 30);
            _ = LibC.SetAllocator(TrimThreshold, int.MaxValue);
            _ = LibC.SetAllocator(TopPad, 64 << 20);
        }

        _ = LibC.SetPriority(0, 0, niceness);
    }

    /// <summary>
    /// Takes standard output for the protocol: answers a stream onto it and points descriptor 1 at standard error, so that
    /// whatever a native library prints ends in the log and never between two messages.
    /// </summary>
    public static Stream TakeStandardOutput()
    {
        // A duplicate of the descriptor, which shares its place in a file with it and with the log.
        var own = Console.OpenStandardOutput();
        if (!OperatingSystem.IsWindows())
        {
            _ = LibC.Duplicate(LibC.StandardError, LibC.StandardOutput);
        }

        return own;
    }

    /// <summary>A Ctrl-C in the terminal reaches every process of the group; the silo decides what its trainers do.</summary>
    public static PosixSignalRegistration IgnoreInterrupt() =>
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
}
