using System.Collections.Concurrent;
using SmallBatch.Silo.Devices;

namespace SmallBatch.Silo.Tests.Devices;

/// <summary>A driver with GPUs of our making.</summary>
internal sealed class FakeNvml : INvml, IDisposable
{
    private readonly ManualResetEventSlim answers = new(true);

    public NvmlDriver? Driver { get; set; } = new("570.124.06", 2);

    public NvmlException? Failure { get; set; }

    public ConcurrentDictionary<string, GpuReading> Gpus { get; } = new();

    public static GpuReading Healthy { get; } = new("NVIDIA H200", 150L << 30, 3L << 30, 0, false, false, []);

    public bool Hangs
    {
        set
        {
            if (value)
            {
                answers.Reset();
            }
            else
            {
                answers.Set();
            }
        }
    }

    public NvmlDriver? Open() => Failure is { } failure ? throw failure : Driver;

    public GpuReading Read(string uuid)
    {
        answers.Wait();
        return Failure is { } failure ? throw failure : Gpus.TryGetValue(uuid, out var reading) ? reading : throw new NvmlException("find", NvmlException.NotFound, "Not Found");
    }

    /// <summary>The counters' successive readings; one that is missing is a model without the counter.</summary>
    public ConcurrentQueue<double> Energy { get; } = new();

    public double? Joules(string uuid)
    {
        answers.Wait();
        return Failure is { } failure ? throw failure : Energy.TryDequeue(out var joules) ? joules : null;
    }

    public void Dispose() => answers.Dispose();
}
