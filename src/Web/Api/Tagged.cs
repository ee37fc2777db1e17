using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace SmallBatch.Web.Api;

/// <summary>A document with an ETag: who has it already is told so by 304.</summary>
/// <param name="Tag">The ETag, without its quotes.</param>
/// <param name="Type">Its media type.</param>
/// <param name="Bytes">What it holds.</param>
internal sealed record Tagged(string Tag, string Type, ReadOnlyMemory<byte> Bytes) : IResult
{
    /// <summary>The Content-Security-Policy of a document that a browser may show; else null.</summary>
    public string? Policy { get; init; }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var tag = new EntityTagHeaderValue($"\"{Tag}\"");
        var (request, response) = (httpContext.Request, httpContext.Response);
        response.GetTypedHeaders().ETag = tag;
        response.Headers.CacheControl = "no-cache, private";
        if (request.GetTypedHeaders().IfNoneMatch.Any(t => t.Equals(EntityTagHeaderValue.Any) || t.Compare(tag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (Policy is not null)
        {
            response.Headers.ContentSecurityPolicy = Policy;
            response.Headers.XContentTypeOptions = "nosniff";
        }

        response.ContentType = Type;
        await response.Body.WriteAsync(Bytes, httpContext.RequestAborted);
    }
}
