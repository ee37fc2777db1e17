using System.Runtime.InteropServices;

namespace SmallBatch.Training.Processes;

/// <summary>
/// Linux kills this process when its parent dies, also where it is frozen and cannot see the end of its input. The parent
/// starts it by <see cref="ChildProcess"/>.
/// </summary>
internal static partial class ParentDeath
{
    private const int SetParentDeathSignal = 1;
    private const int Kill = 9;

    /// <summary>Asks for it, from the main thread: it holds as long as the thread that asked. Where that process is the parent no longer, it ends here; elsewhere than on Linux the end of input alone counts.</summary>
    public static void Follow(int parent)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        _ = ProcessControl(SetParentDeathSignal, Kill, 0, 0, 0);
        if (Parent() != parent)
        {
            Environment.Exit(1);
        }
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int Parent();
}
