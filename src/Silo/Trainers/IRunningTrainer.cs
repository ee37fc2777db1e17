namespace SmallBatch.Silo.Trainers;

/// <summary>A trainer that runs: its three streams and its life. What it says is read elsewhere.</summary>
internal interface IRunningTrainer : IDisposable
{
    /// <summary>Number of the process that it runs in, also once it has ended.</summary>
    int ProcessId { get; }

    /// <summary>Takes requests; its end is the trainer's.</summary>
    TextWriter Input { get; }

    /// <summary>What it says.</summary>
    TextReader Output { get; }

    /// <summary>Its log.</summary>
    TextReader Log { get; }

    /// <summary>Whether it has ended.</summary>
    bool HasExited { get; }

    /// <summary>Waits for its end and answers its exit code; above 128 a signal's number plus 128.</summary>
    Task<int> ExitAsync(CancellationToken cancellationToken);

    /// <summary>Ends it at once; one that has ended is left alone.</summary>
    void Kill();
}
