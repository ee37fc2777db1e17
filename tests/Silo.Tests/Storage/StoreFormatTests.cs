using SmallBatch.Silo.Storage;

namespace SmallBatch.Silo.Tests.Storage;

public sealed class StoreFormatTests
{
    [Theory]
    [InlineData(4, 3, true)]
    [InlineData(4, 4, true)]
    [InlineData(4, 5, true)]
    [InlineData(4, 2, false)]
    [InlineData(4, 6, false)]
    [InlineData(1, 0, true)]
    public void One_format_back_and_one_forward_are_read_and_no_other(int current, int stored, bool isRead) =>
        Assert.Equal(isRead, StoreFormat.Refusal(new(stored, "0.9.0", null, default), current) is null);

    [Fact]
    public void A_store_that_tells_no_format_has_the_one_of_the_releases_that_told_none()
    {
        Assert.Null(StoreFormat.Refusal(null, current: 1));
        Assert.Contains("found format 0, wanted 1 to 3", StoreFormat.Refusal(null, current: 2), StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_says_what_was_found_and_wanted_and_what_to_do()
    {
        var newer = StoreFormat.Refusal(new(6, "0.9.0", null, default), current: 4);
        Assert.Contains("found format 6, first written by release 0.9.0, wanted 3 to 5", newer, StringComparison.Ordinal);
        Assert.Contains("Run that release or the one before it; or restore a backup", newer, StringComparison.Ordinal);
        Assert.Contains("Run the releases between first", StoreFormat.Refusal(new(1, "0.2.0", null, default), current: 4), StringComparison.Ordinal);
        Assert.Contains("smallbatch store restore FOLDER", StoreFormat.Refusal(new(4, "0.9.0", "abc", default), current: 4), StringComparison.Ordinal);
    }
}
