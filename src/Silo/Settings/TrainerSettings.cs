using System.ComponentModel.DataAnnotations;

namespace SmallBatch.Silo.Settings;

/// <summary>Section <c>Trainer</c>: this silo's trainers and what they work with.</summary>
public sealed class TrainerSettings
{
    /// <summary>The trainer program; default the sibling folder <c>Training</c> of this program's own.</summary>
    public string? Program { get; set; }

    /// <summary>
    /// Folder of another libtorch 2.10 than the one that the trainer was built with: one for CUDA, say. Default null, for its own
    /// or the one that SMALLBATCH_LIBTORCH names.
    /// </summary>
    public string? LibTorch { get; set; }

    /// <summary>Folder of the datasets; null for none, which leaves synthetic data.</summary>
    public string? DataRoot { get; set; }

    /// <summary>Folder for logs and checkpoint files on their way to the store. Default a folder of its own under the system's temporary one.</summary>
    public string WorkRoot { get; set; } = Path.Combine(Path.GetTempPath(), $"smallbatch-{Environment.ProcessId}");

    /// <summary>CPU slots; −1 for one a core where there is no GPU and none where there is one. Default −1.</summary>
    [Range(-1, 1024)]
    public int CpuSlots { get; set; } = -1;

    /// <summary>
    /// The instruction set of CPU trainers, part of the numerics class as the processor's model is: <c>best</c>, <c>avx2</c> or <c>avx512</c>.
    /// Machines that differ in either share no sweep. Default best.
    /// </summary>
    [RegularExpression("best|avx2|avx512")]
    public string InstructionSet { get; set; } = "best";

    /// <summary>Niceness of trainers: a training that fills the cores must not starve the silo's heartbeats. Default 10.</summary>
    [Range(0, 19)]
    public int Niceness { get; set; } = 10;

    /// <summary>
    /// A trainer that makes no progress for this long is killed, or for ten times as long as its slowest step took where that is more: it tells
    /// of its steps, and of batches between them, at least every few seconds. Default 120 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan SilenceLimit { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>Time between heartbeats to the pool. Default 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.200", "00:01:00")]
    public TimeSpan HeartbeatPeriod { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// A host that has reached no pool for this long, on its own monotonic clock, checkpoints and stops its trainers: somebody
    /// else may have had its work since. Default 30 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:05", "7.00:00:00")]
    public TimeSpan OrphanLimit { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>On SIGTERM trainers get this long to write and upload a last checkpoint. Default 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan DrainLimit { get; set; } = TimeSpan.FromSeconds(20);
}
