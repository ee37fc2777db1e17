namespace SmallBatch.Training.Protocol;

/// <summary>Exit codes of a trainer that ends by a failure of its own; the log's last line says which.</summary>
internal static class TrainerExit
{
    /// <summary>An exception that nobody expected.</summary>
    public const int Failed = 70;

    /// <summary>The device had not the memory that was asked for.</summary>
    public const int OutOfDeviceMemory = 71;

    /// <summary>The machine had not.</summary>
    public const int OutOfHostMemory = 72;

    /// <summary>A disk had not the room that was asked for.</summary>
    public const int DiskFull = 73;
}
