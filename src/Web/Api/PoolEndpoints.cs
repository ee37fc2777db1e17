using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SmallBatch.Contracts.Audit;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Web.Access;

namespace SmallBatch.Web.Api;

/// <summary><c>/api/v1/pool</c>: the same as <c>smallbatch pool</c>.</summary>
internal static class PoolEndpoints
{
    private const string Pool = "default";

    public static void MapPool(this IEndpointRouteBuilder api)
    {
        api.MapGet("/pool", async (IGrainFactory grains) => (IResult)new TaggedJson(await grains.GetGrain<IGpuPoolGrain>(Pool).Describe()))
            .WithSummary("Devices, slots, who holds them, and the queue").Produces<PoolSnapshot>().Needs(AccessRole.Viewer);
        api.MapPost("/pool/hosts/{host}/drain", async (string host, IGrainFactory grains) =>
                Answer(await grains.GetGrain<IGpuPoolGrain>(Pool).Drain(host, RequestContext.Get(CallerName.Key) as string ?? "HTTP")))
            .WithSummary("Drains a host: no new work there, and each training goes on elsewhere after a last checkpoint").Produces<DrainReply>().ProducesProblem(409)
            .RequireRateLimiting(WebLimits.Changes).Needs(AccessRole.Operator);
        api.MapPost("/pool/hosts/{host}/undrain", async (string host, [Description("A device that was taken out of service, instead of the host")] string? device, IGrainFactory grains) =>
                Answer(await grains.GetGrain<IGpuPoolGrain>(Pool).Undrain(host, device)))
            .WithSummary("Gives a drained host work again, or a device that was taken out of service").Produces<DrainReply>().ProducesProblem(409)
            .RequireRateLimiting(WebLimits.Changes).Needs(AccessRole.Operator);
    }

    private static IResult Answer(DrainReply reply) => reply.Error is { } error ? ApiProblem.Of(StatusCodes.Status409Conflict, error) : Results.Ok(reply);
}
