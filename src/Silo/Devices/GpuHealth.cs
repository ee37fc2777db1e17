namespace SmallBatch.Silo.Devices;

/// <summary>Whether a GPU may take work, from what the driver says of it.</summary>
internal static class GpuHealth
{
    /// <summary>Why it may not, or null.</summary>
    /// <param name="first">The reading that the silo began with: memory errors before it were somebody else's.</param>
    /// <param name="now">The newest.</param>
    public static string? Fault(GpuReading first, GpuReading now)
    {
        var errors = (now.UncorrectedErrors ?? 0) - (first.UncorrectedErrors ?? 0);
        return (errors > 0, now.RepairFailed, now.RepairPending) switch
        {
            (true, _, _) => $"{errors} memory error{(errors == 1 ? "" : "s")} that ECC could not correct since this silo started; reset the GPU and start the silo anew",
            (_, true, _) => "its memory has bad rows and no spare ones; it wants replacing",
            (_, _, true) => "bad rows of its memory wait for a reset of the GPU to be taken out of use",
            _ => null,
        };
    }

    /// <summary>Why it may not where a reading failed, or null where that says nothing of the GPU.</summary>
    public static string? Fault(NvmlException failure) => failure.Code switch
    {
        NvmlException.GpuIsLost or NvmlException.NotFound => $"it is lost: the driver does not reach it any more ({failure.Message})",
        NvmlException.ResetRequired => $"it wants a reset ({failure.Message})",
        _ => null,
    };
}
