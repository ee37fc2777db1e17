using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;
using SmallBatch.Contracts;
using SmallBatch.Web.Access;
using SmallBatch.Web.Api;
using SmallBatch.Web.Live;
using SmallBatch.Web.Page;

namespace SmallBatch.Web;

/// <summary>The HTTP side of a silo: the API under <c>/api/v1</c>, its description at <c>/api/v1/openapi.json</c>, and the page at <c>/</c>.</summary>
public static class SmallBatchWeb
{
    /// <summary>Where the host serves the Orleans Dashboard, if it does.</summary>
    public const string DashboardPath = "/orleans";

    /// <summary>Adds what it needs; <see cref="AccessSettings"/> are the host's to bind.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="local">Whether the silo's address is the machine's own, so that nobody else reaches it.</param>
    public static void AddSmallBatchWeb(this IServiceCollection services, bool local)
    {
        services.AddSingleton(new Reach(local));
        services.AddHttpClient();
        services.AddSingleton<OidcTokens>();
        services.AddSingleton<SweepFeeds>();
        services.AddSingleton<SweepReports>();
        services.AddProblemDetails();
        services.AddLimits();
        services.AddOpenApi("v1", o =>
        {
            o.ShouldInclude = operation => operation.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
            o.AddDocumentTransformer((document, _, _) =>
            {
                document.Info.Title = "SmallBatch";
                return Task.CompletedTask;
            });
        });
        services.AddResponseCompression(c =>
        {
            // What is sent answers nothing that the sender wrote beside a secret.
            c.EnableForHttps = true;
            c.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "text/event-stream", "application/problem+json"];
        });
        services.ConfigureHttpJsonOptions(o => JsonForm.Apply(o.SerializerOptions));
    }

    /// <summary>Serves it.</summary>
    /// <param name="app">The host.</param>
    /// <param name="dashboard">Whether the page has a link to <see cref="DashboardPath"/>.</param>
    public static void MapSmallBatchWeb(this WebApplication app, bool dashboard)
    {
        app.UseResponseCompression();
        app.UseMiddleware<AccessGate>();
        app.UseMiddleware<WebFailures>();
        app.UseRateLimiter();
        var api = app.MapGroup("/api/v1");
        api.MapSweeps();
        api.MapConfigurations();
        api.MapPool();
        app.MapOpenApi("/api/{documentName}/openapi.json").Needs(AccessRole.Viewer);
        app.MapFallback("/api/{**path}", (string path) => ApiProblem.NotFound("path", $"/api/{path}", "one that /api/v1/openapi.json lists"));
        app.MapPage(dashboard);
    }
}
