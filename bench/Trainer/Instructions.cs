using System.Diagnostics;
using SmallBatch.Training.Natives;
using static TorchSharp.torch;

namespace SmallBatch.Bench.Trainer;

/// <summary>What the core can do, and with which instructions.</summary>
internal static class Instructions
{
    /// <summary>GFLOP/s of the best of large products of 32-bit matrices.</summary>
    public static double Peak(double seconds)
    {
        const int side = 1536;
        using var scope = NewDisposeScope();
        var (a, b, best, end) = (randn([side, side]), randn([side, side]), 0.0, Rate.CpuNow + seconds);
        mm(a, b);
        while (Rate.CpuNow < end)
        {
            best = Math.Max(best, 2.0 * side * side * side / Rate.Once(() => mm(a, b)).Cpu / 1e9);
        }

        return best;
    }

    /// <summary>The instruction set that oneDNN says it uses in a process set up as this one.</summary>
    public static string Used()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["--instructions", "--instruction-set", InstructionSet.Pinned.Name]) { RedirectStandardOutput = true };
        start.Environment["ONEDNN_VERBOSE"] = "1";
        using var process = Process.Start(start)!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n');
        process.WaitForExit();
        return lines.FirstOrDefault(l => l.Contains("isa:", StringComparison.Ordinal))?.Split("isa:")[1] ?? "unknown";
    }

    /// <summary>Makes oneDNN speak.</summary>
    public static void Convolve()
    {
        using var scope = NewDisposeScope();
        nn.functional.conv2d(randn([4, 16, 8, 8]), randn([16, 16, 3, 3]));
    }
}
