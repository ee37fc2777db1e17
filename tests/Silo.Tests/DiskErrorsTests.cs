using SmallBatch.Training.Processes;

namespace SmallBatch.Silo.Tests;

public sealed class DiskErrorsTests
{
    [Fact]
    public async Task A_disk_without_room_is_told_from_other_failures_however_it_is_wrapped()
    {
        var full = await Assert.ThrowsAnyAsync<IOException>(() => File.WriteAllTextAsync("/dev/full", "a", TestContext.Current.CancellationToken));
        Assert.True(DiskErrors.IsFull(full));
        Assert.True(DiskErrors.IsFull(new InvalidOperationException("download", new AggregateException(new TimeoutException(), full))));
        var missing = await Assert.ThrowsAnyAsync<IOException>(() => File.WriteAllTextAsync("/no/such/folder", "a", TestContext.Current.CancellationToken));
        Assert.False(DiskErrors.IsFull(missing));
        Assert.False(DiskErrors.IsFull(new HttpRequestException("reset", new IOException("reset"))));
    }
}
