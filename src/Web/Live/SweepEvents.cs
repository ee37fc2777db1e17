using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace SmallBatch.Web.Live;

/// <summary>A sweep's events as a response: <c>snapshot</c> first, then <c>change</c>s; <c>silence</c> while the cluster does not answer, <c>gone</c> once the sweep is deleted.</summary>
internal sealed class SweepEvents(SweepFeeds feeds, string sweepId, string? lastEventId) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        httpContext.Response.ContentType = "text/event-stream";
        httpContext.Response.Headers.CacheControl = "no-cache, no-store";
        try
        {
            await foreach (var bytes in feeds.FollowAsync(sweepId, lastEventId, httpContext.RequestAborted))
            {
                await httpContext.Response.Body.WriteAsync(bytes, httpContext.RequestAborted);
                await httpContext.Response.Body.FlushAsync(httpContext.RequestAborted);
            }
        }
        catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
        {
            // The browser went away.
        }
    }
}
