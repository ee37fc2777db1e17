using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace SmallBatch.Web.Page;

/// <summary>The page: three files within this assembly, which ask nothing of any other host.</summary>
internal static class PageFiles
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Where the link to the dashboard stands, if there is one.</summary>
    private const string LinkPlace = "<!-- dashboard -->", Link = $"<a id=\"dashboard\" href=\"{SmallBatchWeb.DashboardPath}/\">Orleans</a>";

    public static void MapPage(this IEndpointRouteBuilder endpoints, bool dashboard)
    {
        Serve(endpoints, "/", "text/html; charset=utf-8", Read("index.html").Replace(LinkPlace, dashboard ? Link : "", StringComparison.Ordinal));
        Serve(endpoints, "/page.js", "text/javascript; charset=utf-8", Read("page.js"));
        Serve(endpoints, "/page.css", "text/css; charset=utf-8", Read("page.css"));
    }

    private static string Read(string file)
    {
        using var reader = new StreamReader(typeof(PageFiles).Assembly.GetManifestResourceStream(file)!);
        return reader.ReadToEnd();
    }

    private static void Serve(IEndpointRouteBuilder endpoints, string path, string type, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
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
