using System.Runtime.InteropServices;

namespace SmallBatch.Training.Natives;

/// <summary>The few calls into the C library that .NET has no words for.</summary>
internal static partial class LibC
{
    public const int StandardOutput = 1;
    public const int StandardError = 2;

    /// <summary>Sets a variable where native code reads it; .NET's own setter does not reach it on Unix.</summary>
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "dup2")]
    public static partial int Duplicate(int descriptor, int onto);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    public static partial int SetAllocator(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    public static partial int SetPriority(int which, int who, int priority);

    /// <summary>Ends the process at once, whatever its other threads do in native code.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void ExitNow(int status);

    [LibraryImport("libc", EntryPoint = "gnu_get_libc_version")]
    private static partial nint GnuVersion();

    /// <summary>Whether this is glibc, whose allocator takes the settings below.</summary>
    public static bool IsGnu
    {
        get
        {
            try
            {
                return OperatingSystem.IsLinux() && GnuVersion() != 0;
            }
            catch (EntryPointNotFoundException)
            {
                return false;
            }
        }
    }
}
