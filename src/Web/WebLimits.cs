using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SmallBatch.Web.Api;

namespace SmallBatch.Web;

/// <summary>How often somebody may ask for a change.</summary>
internal static class WebLimits
{
    /// <summary>The policy's name: by address, 30 in 10 s.</summary>
    public const string Changes = "changes";
    private const int Most = 30;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    public static void AddLimits(this IServiceCollection services) => services.AddRateLimiter(limiter =>
    {
        limiter.AddPolicy(Changes, context => RateLimitPartition.GetFixedWindowLimiter(
            context.Connection.RemoteIpAddress?.ToString() ?? "", _ => new() { PermitLimit = Most, Window = Window, QueueLimit = 0 }));
        limiter.OnRejected = async (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = Window.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            await ApiProblem.Of(StatusCodes.Status429TooManyRequests, string.Create(CultureInfo.InvariantCulture, $"found more than {Most} changes within {Window.TotalSeconds} s from one address, wanted fewer")).ExecuteAsync(rejected.HttpContext);
        };
    });
}
