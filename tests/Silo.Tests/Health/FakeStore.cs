using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace SmallBatch.Silo.Tests.Health;

/// <summary>A table service that takes every write, and tells the time that it is told.</summary>
internal sealed class FakeStore : IAsyncDisposable
{
    private readonly WebApplication app;

    private FakeStore(WebApplication app) => this.app = app;

    public string ConnectionString => $"DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;TableEndpoint={app.Urls.Single()}/a;";

    public static async Task<FakeStore> StartAsync(Func<DateTimeOffset> now)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var writes = 0;
        app.Run(context =>
        {
            context.Response.Headers.Date = now().ToString("R");
            context.Response.Headers.ETag = $"W/\"{++writes}\"";
            context.Response.StatusCode = (int)HttpStatusCode.NoContent;
            return Task.CompletedTask;
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app);
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
