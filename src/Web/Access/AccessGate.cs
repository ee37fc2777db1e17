using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SmallBatch.Web.Api;

namespace SmallBatch.Web.Access;

/// <summary>Who reaches this silo.</summary>
/// <param name="Local">Only this machine: its address is the machine's own.</param>
internal sealed record Reach(bool Local);

/// <summary>What an endpoint needs.</summary>
internal sealed record NeedsRole(AccessRole Role);

/// <summary>Lets a request through to an endpoint that needs a role, or refuses it before anything of it is read; says who changed what.</summary>
internal sealed partial class AccessGate(RequestDelegate next, Reach reach, IOptions<AccessSettings> settings, ILogger<AccessGate> logger)
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
        var credentials = new Credentials(request.Headers.Authorization, request.Host.Value ?? "", request.Headers.Origin, changes);
        var from = context.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        if (AccessRules.Judge(settings.Value, reach.Local, credentials, needs.Role) is not { } refusal)
        {
            await next(context);
            if (changes)
            {
                Changed(request.Method, request.Path.ToUriComponent(), from, AccessRules.Role(settings.Value, reach.Local, credentials.Authorization), context.Response.StatusCode);
            }

            return;
        }

        if (refusal.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        Refused(request.Method, request.Path.ToUriComponent(), from, refusal.Reason);
        await ApiProblem.Of(refusal.Status, refusal.Reason).ExecuteAsync(context);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Method} {Path} from {From} as {Role}: {Status}")]
    private partial void Changed(string method, string path, string from, AccessRole role, int status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} from {From} was refused: {Reason}")]
    private partial void Refused(string method, string path, string from, string reason);
}

/// <summary>How an endpoint says what it needs.</summary>
internal static class AccessEndpoints
{
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, AccessRole role)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new NeedsRole(role));
}
