using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Web.Access;

namespace SmallBatch.Web.Api;

/// <summary><c>/api/v1/sweeps/{name}/configurations</c>: the same as <c>smallbatch config</c>.</summary>
internal static class ConfigurationEndpoints
{
    public static void MapConfigurations(this IEndpointRouteBuilder api)
    {
        api.MapGet("/sweeps/{name}/configurations", ListAsync).WithSummary("Lists a sweep's configurations, a part at a time").Produces<Page<CellStatus>>().ProducesProblem(400).ProducesProblem(404).Needs(AccessRole.Viewer);
        api.MapGet("/sweeps/{name}/configurations/{key}", ShowAsync).WithSummary("Tells a configuration's story").Produces<ConfigurationSnapshot>().ProducesProblem(404).Needs(AccessRole.Viewer);
        api.MapGet("/sweeps/{name}/configurations/{key}/replicas", ReplicasAsync).WithSummary("A configuration's stored replicas with their curves").Produces<ReplicaResult[]>().ProducesProblem(404).Needs(AccessRole.Viewer);
        api.MapGet("/sweeps/{name}/configurations/{key}/log", LogAsync).WithSummary("The log of an attempt").Produces<string>(contentType: "text/plain").ProducesProblem(404).Needs(AccessRole.Viewer);
    }

    private static async Task<IResult> ListAsync(
        string name,
        [Description("Only those that stand so, such as training")] string? status,
        [Description("Only those of this batch size")] int? m,
        [Description("Only those of this stage: grid, confirm or rung")] string? stage,
        [AsParameters] PageQuery page,
        IGrainFactory grains)
    {
        var errors = new[] { page.Error, Wrong<ConfigurationStatus>("status", status), Wrong<Stage>("stage", stage) }.OfType<string>().ToList();
        if (errors.Count > 0)
        {
            return ApiProblem.Of(400, string.Join("; ", errors));
        }

        if (await SweepQueries.FindAsync(grains, name) is not { } sweep)
        {
            return SweepEndpoints.Missing(name);
        }

        var cells = (await SweepQueries.StatusAsync(grains, sweep)).Cells
            .Where(c => (status is null || Is(c.Status, status)) && (m is null || c.BatchSize == m) && (stage is null || Is(c.Stage, stage))).ToList();
        return new TaggedJson(page.Of(cells, (offset, limit) => string.Create(
            CultureInfo.InvariantCulture,
            $"/api/v1/sweeps/{name}/configurations?offset={offset}&limit={limit}{(status is null ? "" : $"&status={status}")}{(m is null ? "" : $"&m={m}")}{(stage is null ? "" : $"&stage={stage}")}")));
    }

    private static async Task<IResult> ShowAsync(string name, string key, IGrainFactory grains) =>
        await SweepQueries.FindAsync(grains, name) is not { } sweep ? SweepEndpoints.Missing(name)
        : !await SweepQueries.HasAsync(grains, sweep, key) || await grains.GetGrain<IConfigurationGrain>(key).Describe() is not { } found ? Missing(name, key)
        : new TaggedJson(found);

    private static async Task<IResult> ReplicasAsync(string name, string key, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (await SweepQueries.FindAsync(grains, name) is not { } sweep)
        {
            return SweepEndpoints.Missing(name);
        }

        return await SweepQueries.HasAsync(grains, sweep, key) ? new TaggedJson(await grains.GetGrain<IAggregatorGrain>(sweep.SweepId).Replicas(key, cancellationToken)) : Missing(name, key);
    }

    private static async Task<IResult> LogAsync(string name, string key, [FromQuery, Description("Number of the attempt; 0 for the latest")] int? attempt, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (await SweepQueries.FindAsync(grains, name) is not { } sweep)
        {
            return SweepEndpoints.Missing(name);
        }

        return !await SweepQueries.HasAsync(grains, sweep, key) ? Missing(name, key)
            : attempt is >= 0 or null && await grains.GetGrain<IConfigurationGrain>(key).Log(attempt ?? 0, cancellationToken) is { } log ? Results.Text(log)
            : ApiProblem.NotFound("attempt", (attempt ?? 0).ToString(CultureInfo.InvariantCulture), "one that has a log; 0 for the latest");
    }

    private static IResult Missing(string name, string key) => ApiProblem.NotFound("configuration", key, $"one that was queued already of those that GET /api/v1/sweeps/{name}/configurations lists");

    private static bool Is<T>(T value, string word)
        where T : struct, Enum => value.ToString().Equals(word, StringComparison.OrdinalIgnoreCase);

    private static string? Wrong<T>(string parameter, string? word)
        where T : struct, Enum => word is null || Enum.GetValues<T>().Any(v => Is(v, word)) ? null
        : $"{parameter}: found {word}, wanted one of {string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant()))}";
}
