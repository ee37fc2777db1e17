using System.Diagnostics;
using SmallBatch.Tests;

namespace SmallBatch.Training.Tests;

/// <summary>The trainer's own program.</summary>
public sealed class TrainerConformanceTests : TrainerConformance
{
    private protected override StartedTrainer Start()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "SmallBatch.Training"), ["serve"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        return new(process.StandardInput, process.StandardOutput, ExitAsync, process.Kill);

        async Task<int> ExitAsync()
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return process.ExitCode;
        }
    }
}
