using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using SmallBatch.Contracts;

namespace SmallBatch.Web.Api;

/// <summary>A document with an ETag of its bytes: who has it already is told so by 304.</summary>
internal sealed class TaggedJson(object document) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(document, document.GetType(), JsonForm.Compact);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"");
        var (request, response) = (httpContext.Request, httpContext.Response);
        response.GetTypedHeaders().ETag = tag;
        response.Headers.CacheControl = "no-cache, private";
        if (request.GetTypedHeaders().IfNoneMatch.Any(t => t.Equals(EntityTagHeaderValue.Any) || t.Compare(tag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = "application/json; charset=utf-8";
        await response.Body.WriteAsync(bytes, httpContext.RequestAborted);
    }
}
