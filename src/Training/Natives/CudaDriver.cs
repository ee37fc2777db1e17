using System.Runtime.InteropServices;

namespace SmallBatch.Training.Natives;

/// <summary>What the CUDA driver (<c>libcuda.so.1</c>) says of a device, under the number that CUDA gives it in this process.</summary>
internal static partial class CudaDriver
{
    private const string Library = "libcuda.so.1";
    private const int NameBytes = 256;
    private const int UuidBytes = 16;

    /// <summary>
    /// Model name and UUID of device <paramref name="ordinal"/> (<c>cuda:N</c>), the latter as
    /// <c>xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx</c>: the one name of a device that <c>CUDA_VISIBLE_DEVICES</c> cannot renumber.
    /// Throws <see cref="InvalidOperationException"/> where the driver refuses.
    /// </summary>
    public static (string Name, string Uuid) Describe(int ordinal)
    {
        Check(Initialise(0), "cuInit");
        Check(Get(out var device, ordinal), "cuDeviceGet");
        Span<byte> name = stackalloc byte[NameBytes];
        Check(GetName(name, NameBytes, device), "cuDeviceGetName");
        Span<byte> uuid = stackalloc byte[UuidBytes];
        Check(GetUuid(uuid, device), "cuDeviceGetUuid_v2");
        return (System.Text.Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]), new Guid(uuid, bigEndian: true).ToString("D"));
    }

    private static void Check(int result, string call)
    {
        if (result != 0)
        {
            throw new InvalidOperationException($"{Library}: {call} answered error {result}");
        }
    }

    [LibraryImport(Library, EntryPoint = "cuInit")]
    private static partial int Initialise(uint flags);

    [LibraryImport(Library, EntryPoint = "cuDeviceGet")]
    private static partial int Get(out int device, int ordinal);

    [LibraryImport(Library, EntryPoint = "cuDeviceGetName")]
    private static partial int GetName(Span<byte> name, int length, int device);

    /// <summary>Of CUDA 11.4 and later: a partition of a GPU (MIG) has its own.</summary>
    [LibraryImport(Library, EntryPoint = "cuDeviceGetUuid_v2")]
    private static partial int GetUuid(Span<byte> uuid, int device);
}
