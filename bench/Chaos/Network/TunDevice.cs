using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace SmallBatch.Bench.Chaos.Network;

/// <summary>A network device of this machine whose packets are read and written here (Linux tun: IP packets, no link layer).</summary>
internal sealed partial class TunDevice : IDisposable
{
    /// <summary>Largest packet, bytes.</summary>
    public const int LargestPacket = 9000;

    private const string Path = "/dev/net/tun";
    private const nuint SetInterface = 0x400454ca;
    private const short TunWithoutHeader = 0x1001;
    private const int NameBytes = 16;
    private const int RequestBytes = 40;
    private readonly SafeFileHandle handle;

    /// <summary>Makes the device. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> where that is not permitted.</summary>
    public TunDevice(string name)
    {
        handle = File.OpenHandle(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var request = new byte[RequestBytes];
        Encoding.ASCII.GetBytes(name, request);
        BitConverter.GetBytes(TunWithoutHeader).CopyTo(request, NameBytes);
        if (Control(handle, SetInterface, request) != 0)
        {
            var error = Marshal.GetLastPInvokeErrorMessage();
            handle.Dispose();
            throw new UnauthorizedAccessException($"{Path}: a device {name} could not be made: {error}");
        }
    }

    /// <summary>Waits for the next packet; 0 or less where the device is gone.</summary>
    public int Read(byte[] packet)
    {
        try
        {
            return (int)Receive(handle, packet, (nuint)packet.Length);
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }

    /// <summary>Sends a packet into the machine; a device that is gone or down takes none, as a cable that is pulled out.</summary>
    public void Write(ReadOnlySpan<byte> packet)
    {
        try
        {
            _ = Send(handle, packet, (nuint)packet.Length);
        }
        catch (ObjectDisposedException)
        {
            // Likewise.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, nuint request, byte[] argument);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Receive(SafeFileHandle file, byte[] buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Send(SafeFileHandle file, ReadOnlySpan<byte> buffer, nuint count);
}
