using Orleans.Dashboard;
using SmallBatch.Web;
using SmallBatch.Web.Access;

namespace SmallBatch.Silo.Operators;

/// <summary>The Orleans Dashboard within the silo's own HTTP side: for operators, looking only, from this host alone.</summary>
internal static class OrleansDashboard
{
    /// <summary>Its scripts are its own; styles are written into its elements as it draws; it asks no other host, whatever a later version would.</summary>
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>It activates whatever grain is named, under any key; no request does that here.</summary>
    private const string Refused = "/GrainState";

    /// <summary>Adds what it needs of the silo. Its stream of the log stays off: logs say more than what grains do, and have their own readers.</summary>
    public static void AddOperatorsDashboard(this ISiloBuilder silo) => silo.AddDashboard(o => o.HideTrace = true);

    /// <summary>Serves it.</summary>
    public static void MapOperatorsDashboard(this WebApplication app) => app.MapOrleansDashboard(SmallBatchWeb.DashboardPath).Needs(AccessRole.Operator, byCookie: true).ExcludeFromDescription().AddEndpointFilter(async (call, next) =>
    {
        var context = call.HttpContext;
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return context.Request.Path.Value!.EndsWith(Refused, StringComparison.OrdinalIgnoreCase)
            ? Results.Problem("found a question for a grain's state, which would activate any grain that is named, wanted one for what is there: 'smallbatch config show' shows what is stored", statusCode: StatusCodes.Status403Forbidden)
            : await next(call);
    });
}
