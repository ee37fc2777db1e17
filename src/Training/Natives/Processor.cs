using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace SmallBatch.Training.Natives;

/// <summary>
/// The processor's model. Equal instruction sets do not make equal bits: libraries cut sums by the sizes of caches and choose kernels by the maker. The same
/// program, pinned to AVX-512, has ended with other bits on an AMD EPYC than on an Intel Xeon.
/// </summary>
internal static class Processor
{
    /// <summary>Maker, family and model in one word, <c>intel6.207</c>, as CPUID says (Intel's and AMD's manuals, leaves 0 and 1); elsewhere the architecture, <c>arm64</c>.</summary>
    public static string Model { get; } = X86Base.IsSupported ? OfCpuId() : RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    private static string OfCpuId()
    {
        var (_, first, third, second) = X86Base.CpuId(0, 0);
        var maker = Encoding.ASCII.GetString(MemoryMarshal.AsBytes<int>([first, second, third]));
        var signature = X86Base.CpuId(1, 0).Eax;
        var (family, model) = ((signature >> 8) & 0xF, (signature >> 4) & 0xF);
        if (family is 6 or 15)
        {
            model |= (signature >> 12) & 0xF0;
        }

        if (family == 15)
        {
            family += (signature >> 20) & 0xFF;
        }

        var word = maker switch { "GenuineIntel" => "intel", "AuthenticAMD" => "amd", _ => string.Concat(maker.Where(char.IsAsciiLetter)).ToLowerInvariant() };
        return string.Create(CultureInfo.InvariantCulture, $"{word}{family}.{model}");
    }
}
