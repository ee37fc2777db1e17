using SmallBatch.Contracts.GpuPool;
using SmallBatch.Silo.Trainers;

namespace SmallBatch.Silo.Tests;

public sealed class DeviceFailuresTests
{
    private readonly DeviceFailures failures = new();

    [Fact]
    public void What_failed_is_told_until_a_trainer_trains_on_there_or_the_pool_has_judged()
    {
        Add("cuda:0", DeviceFailureKind.Died);
        Add("cuda:1", DeviceFailureKind.NotStarted);
        failures.TrainsOn("cuda:0");
        Assert.Equal(["cuda:1"], failures.All.Select(f => f.Device));
        failures.Judged("cuda:1");
        Assert.Empty(failures.All);
        failures.TrainsOn("cuda:9");
    }

    [Fact]
    public void Nothing_is_started_where_the_disk_was_found_full_until_the_pool_has_judged_though_another_trains_on()
    {
        Add("cpu", DeviceFailureKind.Died);
        Assert.Null(failures.WhyNot("cpu"));
        Add("cpu", DeviceFailureKind.DiskFull);
        failures.TrainsOn("cpu");
        Assert.Equal(DeviceFailureKind.DiskFull, Assert.Single(failures.All).Kind);
        Assert.Equal("why", failures.WhyNot("cpu"));
        failures.Judged("cpu");
        Assert.Null(failures.WhyNot("cpu"));
    }

    [Fact]
    public void Only_the_last_are_kept()
    {
        for (var i = 0; i < 100; i++)
        {
            Add("cpu", DeviceFailureKind.Died);
        }

        Assert.Equal(16, failures.All.Length);
    }

    private void Add(string device, DeviceFailureKind kind) => failures.Add(new(device, kind, "k", "why", DateTimeOffset.UnixEpoch));
}
