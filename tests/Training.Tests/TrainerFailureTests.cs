using SmallBatch.Training.Protocol;
using SmallBatch.Training.Serving;

namespace SmallBatch.Training.Tests;

public sealed class TrainerFailureTests
{
    private const string Cuda =
        "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.11 GiB of which 1.02 GiB is free. Including non-PyTorch memory, this process has 78.08 GiB memory in use."
        + " Of the allocated memory 77.00 GiB is allocated by PyTorch, and 12.00 MiB is reserved by PyTorch but unallocated. If reserved but unallocated memory is large try setting PYTORCH_ALLOC_CONF";

    [Theory]
    [InlineData(Cuda)]
    [InlineData("The following operation failed in the TorchScript interpreter.\nTraceback of TorchScript (most recent call last):\n  File \"<string>\", line 12, in step\nRuntimeError: " + Cuda + "\nException raised from malloc at CUDACachingAllocator.cpp")]
    public void A_device_without_memory_is_told_with_what_was_wanted_and_what_is_free(string message)
    {
        var failure = TrainerFailure.Of(new InvalidOperationException("training", new InvalidOperationException(message)));
        Assert.Equal(TrainerExit.OutOfDeviceMemory, failure.ExitCode);
        Assert.Equal(
            "out of memory on the device: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.11 GiB of which 1.02 GiB is free. Including non-PyTorch memory, this process has 78.08 GiB memory in use.",
            failure.Text);
    }

    [Theory]
    [InlineData("CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported", TrainerExit.OutOfDeviceMemory, "out of memory on the device: CUDA error: out of memory")]
    [InlineData("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", TrainerExit.OutOfDeviceMemory, "out of memory on the device: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`")]
    [InlineData("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 4 bytes.", TrainerExit.OutOfHostMemory, "out of memory on the host: DefaultCPUAllocator: can't allocate memory: you tried to allocate 4 bytes.")]
    [InlineData("CUDA error: uncorrectable ECC error encountered\nCompile with\n  something", TrainerExit.Failed, "InvalidOperationException: CUDA error: uncorrectable ECC error encountered Compile with something")]
    public void Each_failure_has_its_code_and_one_line(string message, int exitCode, string text) =>
        Assert.Equal(new(exitCode, text), TrainerFailure.Of(new InvalidOperationException(message)));

    [Fact]
    public void A_disk_without_room_has_a_code_of_its_own_and_the_words_of_whoever_met_it()
    {
        var full = Assert.ThrowsAny<IOException>(() => File.WriteAllText("/dev/full", "a"));
        Assert.Equal(new(TrainerExit.DiskFull, "no room on the disk: wanted 8 bytes"), TrainerFailure.Of(new IOException("wanted 8 bytes", full)));
        var missing = Assert.ThrowsAny<IOException>(() => File.WriteAllText("/no/such/folder", "a"));
        Assert.Equal(TrainerExit.Failed, TrainerFailure.Of(missing).ExitCode);
    }

    [Fact]
    public void The_runtime_s_own_want_of_memory_is_the_host_s() =>
        Assert.Equal(new(TrainerExit.OutOfHostMemory, "out of memory on the host: too large an array"), TrainerFailure.Of(new AggregateException(new InsufficientMemoryException("too large an array"))));
}
