namespace SmallBatch.Silo.Devices;

/// <summary>A call of NVML that did not succeed.</summary>
internal sealed class NvmlException(string call, int code, string text) : Exception($"NVML: {call}: {text} (error {code})")
{
    /// <summary>NVML_ERROR_NOT_SUPPORTED: that model has no such counter.</summary>
    public const int NotSupported = 3;

    /// <summary>NVML_ERROR_NOT_FOUND: no GPU of that UUID.</summary>
    public const int NotFound = 6;

    /// <summary>NVML_ERROR_FUNCTION_NOT_FOUND: the driver is older than the call.</summary>
    public const int FunctionNotFound = 13;

    /// <summary>NVML_ERROR_GPU_IS_LOST.</summary>
    public const int GpuIsLost = 15;

    /// <summary>NVML_ERROR_RESET_REQUIRED.</summary>
    public const int ResetRequired = 16;

    /// <summary>What NVML answered, a value of nvmlReturn_t.</summary>
    public int Code { get; } = code;
}
