using System.Runtime.InteropServices;

namespace SmallBatch.Client.Views;

/// <summary>What a shell expects of a program on its terminal (POSIX; not on Windows).</summary>
internal static partial class JobControl
{
    private const int StandardOutput = 1, StopOnLinux = 19, StopOnMac = 17;

    /// <summary>Whether the terminal of standard output is this process's, and not the shell's or another job's.</summary>
    public static bool IsInForeground => ForegroundGroup(StandardOutput) == OwnGroup();

    /// <summary>Stops this process; returns when it is told to go on.</summary>
    public static void Stop() => _ = Raise(OperatingSystem.IsMacOS() ? StopOnMac : StopOnLinux);

    [LibraryImport("libc", EntryPoint = "tcgetpgrp")]
    private static partial int ForegroundGroup(int terminal);

    [LibraryImport("libc", EntryPoint = "getpgrp")]
    private static partial int OwnGroup();

    [LibraryImport("libc", EntryPoint = "raise")]
    private static partial int Raise(int signal);
}
