using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using SmallBatch.Tests;

namespace SmallBatch.Cluster.Tests;

/// <summary>What a silo is told in confidence stays with it.</summary>
public sealed class SecretTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("smallbatch-secrets-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_secret_of_its_settings_is_in_a_log_a_row_a_blob_or_an_error_though_each_is_used()
    {
        using var authority = new Authority("ours");
        await using var receiver = new NoticeReceiver(n => n == 0 ? HttpStatusCode.Unauthorized : HttpStatusCode.OK);
        const string webhook = "webhook-secret-1234567", viewer = "viewer-secret-1234567", operate = "operator-secret-1234567";
        await using var cluster = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        var tls = authority.Issue(folder.FullName, "smallbatch-silo");
        await cluster.AddSiloAsync(
            1, "--Simulation:Duration=0.1s", $"--Tls:Folder={tls}", $"--Access:ViewerToken={viewer}", $"--Access:OperatorToken={operate}", $"--Webhooks:Receivers:us:Url={receiver.Url}", $"--Webhooks:Receivers:us:Secret={webhook}");
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{cluster.HttpPort(0)}/") };
        http.DefaultRequestHeaders.Authorization = new("Bearer", operate);
        using var submission = new StringContent(JsonSerializer.Serialize(new { specText = TestCluster.Spec, networkText = TestCluster.Network }), Encoding.UTF8, "application/json");
        (await http.PostAsync("api/v1/sweeps", submission, Token)).EnsureSuccessStatusCode();
        await TestCluster.UntilAsync(async () => (await http.GetStringAsync("api/v1/sweeps/chaos", Token)).Contains("\"phase\":\"completed\"", StringComparison.Ordinal), "the sweep is complete");
        await Processes.UntilAsync(() => Task.FromResult(receiver.Taken.Count > 0), "the receiver has the notice, which it refused at first");

        // And where each is wrong.
        http.DefaultRequestHeaders.Authorization = new("Bearer", viewer);
        var refused = await (await http.PostAsync("api/v1/sweeps/chaos/cancel", null, Token)).Content.ReadAsStringAsync(Token);
        var (_, _, errors) = await cluster.ConsoleAsync(0, "sweep", "list");

        string[] secrets = [webhook, viewer, operate, .. KeyOf(cluster.ConnectionString), File.ReadAllLines(Path.Combine(tls, "tls.key"))[1]];
        var seen = cluster.LogLines().Append(refused).Append(errors).ToList();
        var rows = await RowsAsync(cluster.ConnectionString);
        Assert.True(seen.Count > 10 && rows.Count > 20);
        Assert.DoesNotContain(seen.Concat(rows), text => secrets.Any(s => text.Contains(s, StringComparison.Ordinal)));
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static IEnumerable<string> KeyOf(string connectionString) => connectionString.Split(';').Where(p => p.StartsWith("AccountKey=", StringComparison.Ordinal)).Select(p => p["AccountKey=".Length..]);

    /// <summary>Everything that is stored, as text.</summary>
    private static async Task<List<string>> RowsAsync(string connectionString)
    {
        var texts = new List<string>();
        var tables = new TableServiceClient(connectionString);
        await foreach (var table in tables.QueryAsync(cancellationToken: Token))
        {
            await foreach (var row in tables.GetTableClient(table.Name).QueryAsync<TableEntity>(cancellationToken: Token))
            {
                texts.AddRange(row.Keys.Select(k => row[k]).Select(v => v is byte[] bytes ? Encoding.Latin1.GetString(bytes) : $"{v}"));
            }
        }

        var blobs = new BlobServiceClient(connectionString);
        await foreach (var container in blobs.GetBlobContainersAsync(cancellationToken: Token))
        {
            await foreach (var blob in blobs.GetBlobContainerClient(container.Name).GetBlobsAsync(cancellationToken: Token))
            {
                texts.Add(Encoding.Latin1.GetString((await blobs.GetBlobContainerClient(container.Name).GetBlobClient(blob.Name).DownloadContentAsync(Token)).Value.Content));
            }
        }

        return texts;
    }
}
