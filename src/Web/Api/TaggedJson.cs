using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SmallBatch.Contracts;

namespace SmallBatch.Web.Api;

/// <summary>A document as JSON, with an ETag of its bytes.</summary>
internal sealed class TaggedJson(object document) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(document, document.GetType(), JsonForm.Compact);
        return new Tagged(Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16)), "application/json; charset=utf-8", bytes).ExecuteAsync(httpContext);
    }
}
