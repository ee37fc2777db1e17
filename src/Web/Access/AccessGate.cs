using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SmallBatch.Contracts.Audit;
using SmallBatch.Web.Api;

namespace SmallBatch.Web.Access;

/// <summary>Who reaches this silo.</summary>
/// <param name="Local">Only this machine: its address is the machine's own.</param>
internal sealed record Reach(bool Local);

/// <summary>What an endpoint needs.</summary>
/// <param name="Role">The role.</param>
/// <param name="ByCookie">Whether a cookie may bear the token, for pages that are not ours and ask without one.</param>
internal sealed record NeedsRole(AccessRole Role, bool ByCookie);

/// <summary>Lets a request through to an endpoint that needs a role, telling grains who sends it, or refuses it before anything of it is read.</summary>
internal sealed partial class AccessGate(RequestDelegate next, Reach reach, IOptions<AccessSettings> settings, OidcTokens oidc, ILogger<AccessGate> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<NeedsRole>() is not { } needs)
        {
            await next(context);
            return;
        }

        var request = context.Request;
        var changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
        var authorization = request.Headers.Authorization.ToString() is { Length: > 0 } header ? header
            : needs.ByCookie && request.Cookies[Credentials.Cookie] is { Length: > 0 } cookie ? Credentials.Scheme + cookie
            : null;
        var credentials = new Credentials(authorization, request.Host.Value ?? "", request.Headers.Origin, changes, await oidc.ReadAsync(Credentials.Token(authorization), context.RequestAborted));
        var from = context.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        if (AccessRules.Judge(settings.Value, reach.Local, credentials, needs.Role) is not { } refusal)
        {
            RequestContext.Set(CallerName.Key, $"{credentials.Oidc?.Name ?? AccessRules.Role(settings.Value, reach.Local, credentials).ToString().ToLowerInvariant()} by HTTP from {from}");
            await next(context);
            return;
        }

        if (refusal.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        Refused(request.Method, request.Path.ToUriComponent(), from, refusal.Reason);
        await ApiProblem.Of(refusal.Status, refusal.Reason).ExecuteAsync(context);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} from {From} was refused: {Reason}")]
    private partial void Refused(string method, string path, string from, string reason);
}

/// <summary>How an endpoint says what it needs.</summary>
public static class AccessEndpoints
{
    /// <summary>Lets nobody to it but those who have this role.</summary>
    /// <param name="endpoint">The endpoint, or several.</param>
    /// <param name="role">The lowest role that does.</param>
    /// <param name="byCookie">Whether the page's cookie may bear the token: for what changes nothing, below <see cref="SmallBatchWeb.DashboardPath"/>, where alone a browser sends it.</param>
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, AccessRole role, bool byCookie = false)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new NeedsRole(role, byCookie));
}
