using System.Runtime.InteropServices;

namespace SmallBatch.Silo.Devices;

/// <summary>NVML's functions, as nvml.h declares them; each answers an nvmlReturn_t, 0 for success.</summary>
internal static partial class NvmlCalls
{
    public const string Library = "libnvidia-ml.so.1";

    /// <summary>nvmlMemoryErrorType_t: not corrected.</summary>
    public const int Uncorrected = 1;

    /// <summary>nvmlEccCounterType_t: since the driver was loaded.</summary>
    public const int Volatile = 0;

    [LibraryImport(Library, EntryPoint = "nvmlInit_v2")]
    public static partial int Initialise();

    [LibraryImport(Library, EntryPoint = "nvmlErrorString")]
    public static partial nint ErrorText(int code);

    [LibraryImport(Library, EntryPoint = "nvmlSystemGetDriverVersion")]
    public static partial int DriverVersion(Span<byte> version, uint length);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetCount_v2")]
    public static partial int Count(out uint count);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetHandleByUUID", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Find(string uuid, out nint device);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetName")]
    public static partial int Name(nint device, Span<byte> name, uint length);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetMemoryInfo")]
    public static partial int Memory(nint device, out MemoryState memory);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetTotalEccErrors")]
    public static partial int EccErrors(nint device, int errorType, int counterType, out ulong count);

    /// <summary>Of Ampere and later.</summary>
    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetRemappedRows")]
    public static partial int RemappedRows(nint device, out uint corrected, out uint uncorrected, out uint pending, out uint failed);

    /// <summary>Before Ampere.</summary>
    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetRetiredPagesPendingStatus")]
    public static partial int RetiredPagesPending(nint device, out int pending);

    /// <summary>Millijoules since the driver was loaded; of Volta and later, and of whole GPUs.</summary>
    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetTotalEnergyConsumption")]
    public static partial int Energy(nint device, out ulong millijoules);

    /// <summary>Fills <paramref name="processes"/>, whose length goes in and whose need comes out by <paramref name="count"/>.</summary>
    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetComputeRunningProcesses_v3")]
    public static partial int Processes(nint device, ref uint count, [Out] ProcessState[] processes);

    /// <summary>nvmlMemory_t, bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MemoryState
    {
        public ulong Total;
        public ulong Free;
        public ulong Used;
    }

    /// <summary>nvmlProcessInfo_t; <see cref="Bytes"/> is all ones where the driver does not know.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ProcessState
    {
        public uint ProcessId;
        public ulong Bytes;
        public uint GpuInstance;
        public uint ComputeInstance;
    }
}
