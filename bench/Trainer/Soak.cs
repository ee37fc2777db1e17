using System.Diagnostics;
using System.Globalization;

namespace SmallBatch.Bench.Trainer;

/// <summary>Resident memory over time: training, evaluation and checkpoints, one line a minute, and a plot at the end.</summary>
internal static class Soak
{
    /// <summary>Trains ResNet-8 at m = 8 for so long; the plot goes into <paramref name="folder"/>.</summary>
    public static void Run(TimeSpan time, string folder)
    {
        var points = new List<(double Minute, double Megabytes)>();
        using var product = new Product("resnet8", 8, augment: true);
        using var process = Process.GetCurrentProcess();
        var (clock, minute, steps) = (Stopwatch.StartNew(), 0, 0L);
        Console.WriteLine("minute   steps   resident MB   managed MB");
        while (true)
        {
            if (clock.Elapsed >= TimeSpan.FromMinutes(minute))
            {
                process.Refresh();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{minute,6}{steps,8}{process.WorkingSet64 / 1e6,14:F0}{GC.GetTotalMemory(false) / 1e6,13:F1}"));
                points.Add((clock.Elapsed.TotalMinutes, process.WorkingSet64 / 1e6));
                if (clock.Elapsed >= time)
                {
                    MemoryPlot.Write(folder, points);
                    return;
                }

                product.WriteCheckpoint();
                minute++;
            }

            product.Step();
            if (++steps % 128 == 0)
            {
                product.Evaluate();
            }
        }
    }
}
