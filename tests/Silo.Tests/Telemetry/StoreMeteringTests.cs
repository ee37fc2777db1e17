using System.Net;
using Azure;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using SmallBatch.Silo.Settings;
using SmallBatch.Silo.Storage;

namespace SmallBatch.Silo.Tests.Telemetry;

/// <summary>Each try of each request to the store is measured, by what was asked and what became of it.</summary>
public sealed class StoreMeteringTests
{
    [Theory]
    [InlineData(HttpStatusCode.NotFound, "refused")]
    [InlineData(HttpStatusCode.PreconditionFailed, "refused")]
    [InlineData(HttpStatusCode.Forbidden, "denied")]
    [InlineData(HttpStatusCode.TooManyRequests, "throttled")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "throttled")]
    [InlineData(HttpStatusCode.InternalServerError, "failed")]
    [InlineData(null, "silent")]
    public async Task A_request_is_measured_by_its_outcome_each_try_by_itself(HttpStatusCode? status, string outcome)
    {
        using var measured = new Measured();
        var answers = new Queue<HttpStatusCode?>([status, HttpStatusCode.OK]);
        var options = new TableClientOptions { Transport = new HttpClientTransport(new HttpClient(new Answering(answers))), Retry = { MaxRetries = 1, Delay = TimeSpan.Zero, MaxDelay = TimeSpan.Zero } };
        var clients = new StorageClients(
            Options.Create(new StorageSettings { ConnectionString = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;TableEndpoint=http://127.0.0.1:1/a;" }), new(measured.Meters), TimeProvider.System);
        var table = clients.Tables(options).GetTableClient("t");
        try
        {
            await table.GetEntityAsync<TableEntity>("p", "r", cancellationToken: TestContext.Current.CancellationToken);
        }
        catch (RequestFailedException failure)
        {
            // One that is asked once.
            Assert.Equal((int?)status, failure.Status);
        }

        var took = measured.Take();
        Assert.StartsWith($"smallbatch.store.request service=table method=get outcome={outcome} ", took[0]);
        Assert.Equal(answers.Count == 0, took.Any(m => m.StartsWith("smallbatch.store.request service=table method=get outcome=done ", StringComparison.Ordinal)));
    }

    private sealed class Answering(Queue<HttpStatusCode?> answers) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => answers.Dequeue() is { } status
            ? Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent("{}", null, "application/json"), RequestMessage = request })
            : throw new HttpRequestException("nobody there");
    }
}
