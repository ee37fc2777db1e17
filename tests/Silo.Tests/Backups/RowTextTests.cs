using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using SmallBatch.Silo.Backups;

namespace SmallBatch.Silo.Tests.Backups;

public sealed class RowTextTests
{
    [Fact]
    public void A_row_is_written_as_the_service_speaks_and_read_with_the_same_types()
    {
        var row = new TableEntity("p", "r")
        {
            ["Text"] = "5",
            ["Number"] = 5,
            ["Long"] = 5L,
            ["Whole"] = 5.0,
            ["Yes"] = true,
            ["Id"] = Guid.Empty,
            ["Bytes"] = new byte[] { 1, 2 },
            ["At"] = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(1),
            ["Nothing"] = null,
        };
        var text = Write(row);
        Assert.StartsWith("""{"PartitionKey":"p","RowKey":"r","Text":"5","Number@odata.type":"Edm.Int32","Number":"5",""", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing", text, StringComparison.Ordinal);
        var read = RowText.Read(text);
        Assert.Equal(text, Write(read));
        row.Remove("Nothing");
        Assert.Equal(row.OrderBy(p => p.Key).Select(p => (p.Key, p.Value.GetType(), p.Value)), read.OrderBy(p => p.Key).Select(p => (p.Key, p.Value.GetType(), p.Value)), (a, b) => a.Key == b.Key && a.Item2 == b.Item2 && (a.Value is byte[] bytes ? bytes.AsSpan().SequenceEqual((byte[])b.Value) : a.Value.Equals(b.Value)));
    }

    [Theory]
    [InlineData("{\"PartitionKey\":\"p\"")]
    [InlineData("{\"A\":5}")]
    [InlineData("{\"A@odata.type\":\"Edm.Byte\",\"A\":\"5\"}")]
    [InlineData("{\"A@odata.type\":\"Edm.Int32\",\"A\":\"five\"}")]
    public void A_line_that_is_no_row_is_refused_with_what_was_found(string line) =>
        Assert.StartsWith($"a row: found {line}", Assert.Throws<BackupException>(() => RowText.Read(line)).Message, StringComparison.Ordinal);

    private static string Write(TableEntity row)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            RowText.Write(json, row);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
