using System.Net;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using SmallBatch.Silo.Storage;

namespace SmallBatch.Silo.Tests;

public sealed class CheckpointBlobsTests
{
    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.PreconditionFailed)]
    public async Task A_checkpoint_that_is_deleted_while_it_is_looked_at_is_not_there(HttpStatusCode read)
    {
        Assert.Null(await Blobs(read, []).HashAsync("s-1.m=8/1.safetensors", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_checkpoint_s_hash_is_that_of_its_bytes() =>
        Assert.Equal(
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            await Blobs(HttpStatusCode.OK, "abc"u8.ToArray()).HashAsync("s-1.m=8/1.safetensors", TestContext.Current.CancellationToken));

    private static CheckpointBlobs Blobs(HttpStatusCode read, byte[] content) => new(new BlobServiceClient(
        "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:1/a;",
        new BlobClientOptions { Transport = new HttpClientTransport(new HttpClient(new Store(read, content))) }));

    /// <summary>Knows the blob's properties, and answers so when it is read.</summary>
    private sealed class Store(HttpStatusCode read, byte[] content) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var reply = new HttpResponseMessage(request.Method == HttpMethod.Head ? HttpStatusCode.OK : read) { Content = new ByteArrayContent(content), RequestMessage = request };
            reply.Headers.ETag = new("\"1\"");
            reply.Content.Headers.LastModified = DateTimeOffset.UnixEpoch;
            return Task.FromResult(reply);
        }
    }
}
