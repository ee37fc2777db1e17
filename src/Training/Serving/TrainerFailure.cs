using SmallBatch.Training.Processes;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Training.Serving;

/// <summary>What a trainer ends with where training failed: its memory, a device's above all, is really given back only so.</summary>
/// <param name="ExitCode">One of <see cref="TrainerExit"/>.</param>
/// <param name="Text">One line, the log's last.</param>
internal sealed record TrainerFailure(int ExitCode, string Text)
{
    /// <summary>libtorch's words for a device without memory: its allocator's, CUDA's own, and those of two of its libraries.</summary>
    private static readonly string[] DeviceWords = ["CUDA out of memory", "CUDA error: out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED"];
    private const string HostWords = "DefaultCPUAllocator: can't allocate memory";

    /// <summary>The allocator's advice on its own settings begins here; what was wanted and what is free stands before it.</summary>
    private const string Advice = " Of the allocated memory";

    /// <summary>Reads an exception; libtorch's come with its words in the message, from a script below many other lines.</summary>
    public static TrainerFailure Of(Exception failure)
    {
        var lines = Chain(failure).SelectMany(f => f.Message.Split('\n')).ToList();
        foreach (var words in DeviceWords)
        {
            if (From(lines, words) is { } device)
            {
                return new(TrainerExit.OutOfDeviceMemory, $"out of memory on the device: {device}");
            }
        }

        if (From(lines, HostWords) is { } host)
        {
            return new(TrainerExit.OutOfHostMemory, $"out of memory on the host: {host}");
        }

        if (DiskErrors.IsFull(failure))
        {
            return new(TrainerExit.DiskFull, $"no room on the disk: {failure.Message}");
        }

        return Chain(failure).OfType<OutOfMemoryException>().FirstOrDefault() is { } managed
            ? new(TrainerExit.OutOfHostMemory, $"out of memory on the host: {managed.Message}")
            : new(TrainerExit.Failed, $"{failure.GetType().Name}: {string.Join(" ", lines.Select(l => l.Trim()).Where(l => l.Length > 0))}");
    }

    private static IEnumerable<Exception> Chain(Exception failure)
    {
        for (var next = failure; next is not null; next = next.InnerException)
        {
            yield return next;
        }
    }

    private static string? From(IEnumerable<string> lines, string words)
    {
        var line = lines.FirstOrDefault(l => l.Contains(words, StringComparison.Ordinal));
        return line?[line.IndexOf(words, StringComparison.Ordinal)..].Split(Advice)[0].Trim();
    }
}
