using System.Runtime.InteropServices;
using System.Text;

namespace SmallBatch.Silo.Devices;

/// <summary>NVML itself (<c>libnvidia-ml.so.1</c>), which comes with the driver.</summary>
internal sealed class Nvml : INvml
{
    private const int TextBytes = 96;
    private const int MostProcesses = 256;

    /// <inheritdoc/>
    public NvmlDriver? Open()
    {
        try
        {
            Check(NvmlCalls.Initialise(), "nvmlInit_v2");
        }
        catch (DllNotFoundException)
        {
            return null;
        }

        Span<byte> version = stackalloc byte[TextBytes];
        Check(NvmlCalls.DriverVersion(version, TextBytes), "nvmlSystemGetDriverVersion");
        Check(NvmlCalls.Count(out var count), "nvmlDeviceGetCount_v2");
        return new(Text(version), (int)count);
    }

    /// <inheritdoc/>
    public GpuReading Read(string uuid)
    {
        var device = Find(uuid);
        Span<byte> name = stackalloc byte[TextBytes];
        Check(NvmlCalls.Name(device, name, TextBytes), "nvmlDeviceGetName");
        Check(NvmlCalls.Memory(device, out var memory), "nvmlDeviceGetMemoryInfo");
        var rows = Has(() => (NvmlCalls.RemappedRows(device, out _, out _, out var pending, out var failed), (pending, failed)), "nvmlDeviceGetRemappedRows");
        var pages = Has(() => (NvmlCalls.RetiredPagesPending(device, out var pending), pending), "nvmlDeviceGetRetiredPagesPendingStatus");
        return new(
            Text(name),
            (long)memory.Total,
            (long)memory.Used,
            Has(() => (NvmlCalls.EccErrors(device, NvmlCalls.Uncorrected, NvmlCalls.Volatile, out var errors), (long)errors), "nvmlDeviceGetTotalEccErrors"),
            rows?.pending > 0 || pages > 0,
            rows?.failed > 0,
            Processes(device));
    }

    /// <inheritdoc/>
    public double? Joules(string uuid)
    {
        var device = Find(uuid);
        return Has(() => (NvmlCalls.Energy(device, out var millijoules), millijoules / 1000.0), "nvmlDeviceGetTotalEnergyConsumption");
    }

    private static nint Find(string uuid)
    {
        // CUDA does not say whether its UUID is a whole GPU's or a partition's.
        var found = NvmlCalls.Find($"GPU-{uuid}", out var device);
        Check(found == NvmlException.NotFound ? NvmlCalls.Find($"MIG-{uuid}", out device) : found, "nvmlDeviceGetHandleByUUID");
        return device;
    }

    private static IReadOnlyList<GpuProcess> Processes(nint device)
    {
        var states = new NvmlCalls.ProcessState[MostProcesses];
        var count = Has(
            () =>
            {
                var room = (uint)states.Length;
                return (NvmlCalls.Processes(device, ref room, states), (int)room);
            },
            "nvmlDeviceGetComputeRunningProcesses_v3");
        return [.. states.Take(count ?? 0).Select(s => new GpuProcess((int)s.ProcessId, s.Bytes == ulong.MaxValue ? null : (long)s.Bytes))];
    }

    /// <summary>What a call answers, or null where this model or this driver does not have it.</summary>
    private static T? Has<T>(Func<(int Code, T Value)> call, string name)
        where T : struct
    {
        int code;
        T value;
        try
        {
            (code, value) = call();
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }

        if (code is NvmlException.NotSupported or NvmlException.FunctionNotFound)
        {
            return null;
        }

        Check(code, name);
        return value;
    }

    private static void Check(int code, string call)
    {
        if (code != 0)
        {
            throw new NvmlException(call, code, Marshal.PtrToStringUTF8(NvmlCalls.ErrorText(code)) ?? "no text");
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes[..Math.Max(0, bytes.IndexOf((byte)0))]);
}
