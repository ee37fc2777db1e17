using System.Runtime.InteropServices;
using SmallBatch.Silo.Devices;

namespace SmallBatch.Silo.Tests.Devices;

public sealed class NvmlTests
{
    [Fact]
    public void The_driver_s_library_is_opened_where_there_is_one_and_missed_quietly_where_there_is_none()
    {
        var present = NativeLibrary.TryLoad(NvmlCalls.Library, out _);
        try
        {
            var driver = new Nvml().Open();
            Assert.Equal(present, driver is not null);
            Assert.Matches(@"^\d+\.\d+", driver?.Version ?? "0.0");
        }
        catch (NvmlException failure)
        {
            // A library whose driver is not loaded.
            Assert.True(present);
            Assert.Contains("nvmlInit_v2", failure.Message, StringComparison.Ordinal);
        }
    }
}
