using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace SmallBatch.Web.Page;

/// <summary>The page: three files within this assembly, which ask nothing of any other host.</summary>
internal static class PageFiles
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void MapPage(this IEndpointRouteBuilder endpoints)
    {
        Serve(endpoints, "/", "index.html", "text/html; charset=utf-8");
        Serve(endpoints, "/page.js", "page.js", "text/javascript; charset=utf-8");
        Serve(endpoints, "/page.css", "page.css", "text/css; charset=utf-8");
    }

    private static void Serve(IEndpointRouteBuilder endpoints, string path, string file, string type)
    {
        using var stream = typeof(PageFiles).Assembly.GetManifestResourceStream(file)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"");
        endpoints.MapGet(path, (HttpContext context) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers.CacheControl = "no-cache";
            return Results.Bytes(bytes, type, entityTag: tag);
        }).ExcludeFromDescription();
    }
}
