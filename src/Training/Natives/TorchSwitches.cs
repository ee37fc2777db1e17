using System.Runtime.InteropServices;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Training.Natives;

/// <summary>
/// libtorch's switches that TorchSharp has no words for, reached by their C++ names. They decide whether equal steps give equal
/// bits, so each is read back, and a trainer that cannot set one does not start.
/// </summary>
internal static unsafe class TorchSwitches
{
    /// <summary>
    /// Scripts run as written: the executor that rewrites and fuses operations after it has watched a few runs is off, since its
    /// kernels round differently from the first ones, and a resumed run would not watch the same steps.
    /// </summary>
    public static void RunScriptsAsWritten(nint library)
    {
        var mode = (delegate* unmanaged<byte*>)Export(library, "_ZN5torch3jit16getProfilingModeEv");
        *mode() = 0;
        ((delegate* unmanaged<byte, void>)Export(library, "_ZN5torch3jit25setTensorExprFuserEnabledEb"))(0);
        Verify(*mode() == 0, "the profiling executor of scripts");
    }

    /// <summary>On a GPU: algorithms that give equal bits every time, none chosen by timing, and products rounded as asked for.</summary>
    public static void MakeGpuDeterministic(nint library, Precision precision)
    {
        var tf32 = precision == Precision.Tf32;
        var context = ((delegate* unmanaged<nint>)Export(library, "_ZN2at13globalContextEv"))();
        ((delegate* unmanaged<nint, byte, byte, void>)Export(library, "_ZN2at7Context26setDeterministicAlgorithmsEbb"))(context, 1, 1);
        foreach (var (name, value) in new[]
        {
            ("_ZN2at7Context21setDeterministicCuDNNEb", true),
            ("_ZN2at7Context17setBenchmarkCuDNNEb", false),
            // Filling what is written anyway would be one more launch for every tensor.
            ("_ZN2at7Context39setDeterministicFillUninitializedMemoryEb", false),
            ("_ZN2at7Context17setAllowTF32CuDNNEb", tf32),
            ("_ZN2at7Context18setAllowTF32CuBLASEb", tf32),
        })
        {
            ((delegate* unmanaged<nint, byte, void>)Export(library, name))(context, value ? (byte)1 : (byte)0);
        }

        Verify(Reads("_ZNK2at7Context23deterministicAlgorithmsEv"), "deterministic algorithms");
        Verify(Reads("_ZNK2at7Context18deterministicCuDNNEv"), "deterministic cuDNN");
        Verify(!Reads("_ZNK2at7Context14benchmarkCuDNNEv"), "cuDNN without timing");
        Verify(Reads("_ZNK2at7Context15allowTF32CuBLASEv") == tf32, "the rounding of products");

        bool Reads(string name) => ((delegate* unmanaged<nint, byte>)Export(library, name))(context) != 0;
    }

    private static nint Export(nint library, string name) => NativeLibrary.TryGetExport(library, name, out var address)
        ? address
        : throw new NotSupportedException($"libtorch: found no function {name}, wanted libtorch 2.10 (any build whose C++ names are those of the TorchSharp package)");

    private static void Verify(bool holds, string what)
    {
        if (!holds)
        {
            throw new NotSupportedException($"libtorch: {what} could not be switched; equal steps would not give equal bits");
        }
    }
}
