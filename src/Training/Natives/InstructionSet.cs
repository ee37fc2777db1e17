using System.Runtime.Intrinsics.X86;

namespace SmallBatch.Training.Natives;

/// <summary>
/// The instruction set that libtorch, oneDNN and MKL are pinned to. With <see cref="Processor.Model"/> it is what the bits of a training
/// depend on, so that one moved to another machine of both ends with the same.
/// </summary>
/// <param name="Name">As in the numerics class and on the command line.</param>
/// <param name="Torch">The value of ATEN_CPU_CAPABILITY.</param>
/// <param name="OneDnn">The value of ONEDNN_MAX_CPU_ISA: never what only some of the class' machines have.</param>
internal sealed record InstructionSet(string Name, string Torch, string OneDnn)
{
    /// <summary>Every x86-64 machine that can train at all has it.</summary>
    public static InstructionSet Avx2 { get; } = new("avx2", "avx2", "AVX2");

    /// <summary>The foundation with byte, word, double-word and vector-length extensions: half as fast again as AVX2 on small networks.</summary>
    public static InstructionSet Avx512 { get; } = new("avx512", "avx512", "AVX512_CORE");

    /// <summary>The best that this machine has.</summary>
    public static InstructionSet Best => HasAvx512 ? Avx512 : Avx2;

    /// <summary>What this process is pinned to.</summary>
    public static InstructionSet Pinned { get; private set; } = Best;

    private static bool HasAvx512 => Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx512F.VL.IsSupported && Avx512CD.IsSupported;

    /// <summary>Pins this process, before libtorch is loaded, to <c>best</c>, <c>avx2</c> or <c>avx512</c>; answers what is wrong with that, or null.</summary>
    public static string? Pin(string name)
    {
        var wanted = name switch { "best" => Best, "avx2" => Avx2, "avx512" => Avx512, _ => null };
        if (wanted is null || (wanted == Avx512 && !HasAvx512))
        {
            return $"--instruction-set: found {name}{(wanted is null ? "" : ", which this machine lacks")}, wanted best, avx2{(HasAvx512 ? " or avx512" : "")}";
        }

        Pinned = wanted;
        foreach (var (variable, value) in new[] { ("ATEN_CPU_CAPABILITY", wanted.Torch), ("ONEDNN_MAX_CPU_ISA", wanted.OneDnn), ("MKL_CBWR", "AVX2") })
        {
            _ = LibC.SetEnvironment(variable, value, 1);
        }

        return null;
    }
}
