using System.Text;
using Azure.Data.Tables;
using SmallBatch.AzureStorage.GrainState;
using SmallBatch.Tests;

namespace SmallBatch.AzureStorage.Tests.GrainState;

/// <summary>Payloads at and past the limits of a row.</summary>
public sealed class TablePayloadTests(AzuriteFixture azurite)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(65_536, 1)]
    [InlineData(65_537, 2)]
    [InlineData(TablePayload.MostBytes, 15)]
    public async Task Bytes_are_stored_in_chunks_of_64_KiB(int bytes, int chunks)
    {
        var payload = new byte[bytes];
        new Random(bytes).NextBytes(payload);
        var row = Row();
        TablePayload.Write(row, payload);
        var stored = await StoreAsync(row);
        Assert.Equal(Enumerable.Range(0, chunks).Select(i => i == 0 ? "Data" : $"Data{i}"), stored.Keys.Where(k => k.StartsWith("Data", StringComparison.Ordinal)).OrderBy(k => k.Length).ThenBy(k => k, StringComparer.Ordinal));
        Assert.Equal(payload, TablePayload.Read(stored).ToArray());
    }

    [Fact]
    public void A_byte_too_many_is_refused_before_anything_is_written()
    {
        var row = Row();
        var failure = Assert.Throws<ArgumentOutOfRangeException>(() => TablePayload.Write(row, new byte[TablePayload.MostBytes + 1]));
        Assert.Contains("983041 bytes, wanted at most 983040", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(row.Keys, k => k.StartsWith("Data", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Text_of_491520_characters_is_stored_whole_and_one_more_is_refused()
    {
        var text = new string('ä', TablePayload.MostCharacters);
        var row = Row();
        TablePayload.WriteText(row, Encoding.UTF8.GetBytes(text));
        Assert.Equal(text, TablePayload.Read(await StoreAsync(row)).ToString());
        var failure = Assert.Throws<ArgumentOutOfRangeException>(() => TablePayload.WriteText(Row(), Encoding.UTF8.GetBytes(text + "x")));
        Assert.Contains("491521 characters, wanted at most 491520", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_beyond_the_basic_plane_is_never_cut_in_the_middle_of_a_character()
    {
        var text = "x" + string.Concat(Enumerable.Repeat("\U0001F600", 40_000));
        var row = Row();
        TablePayload.WriteText(row, Encoding.UTF8.GetBytes(text));
        Assert.Equal(text, TablePayload.Read(await StoreAsync(row)).ToString());
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused_as_text() =>
        Assert.Throws<DecoderFallbackException>(() => TablePayload.WriteText(Row(), new byte[] { 0xFF, 0xFE }));

    private static TableEntity Row() => new($"payload-{Guid.NewGuid():N}", "r");

    private async Task<TableEntity> StoreAsync(TableEntity row)
    {
        await azurite.Tables.CreateTableIfNotExistsAsync("OrleansGrainState", Token);
        var table = azurite.Tables.GetTableClient("OrleansGrainState");
        await table.AddEntityAsync(row, Token);
        return (await table.GetEntityAsync<TableEntity>(row.PartitionKey, row.RowKey, cancellationToken: Token)).Value;
    }
}
