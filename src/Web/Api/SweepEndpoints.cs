using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Web.Access;
using SmallBatch.Web.Live;

namespace SmallBatch.Web.Api;

/// <summary><c>/api/v1/sweeps</c>: the same as <c>smallbatch sweep</c> and <c>results</c>.</summary>
internal static class SweepEndpoints
{
    public static void MapSweeps(this IEndpointRouteBuilder api)
    {
        api.MapGet("/sweeps", ListAsync).WithSummary("Lists all sweeps").Produces<SweepSnapshot[]>().Needs(AccessRole.Viewer);
        api.MapPost("/sweeps", SubmitAsync).WithSummary("Submits a sweep: a specification as YAML, or as JSON with its network file's text; the same again changes nothing, a wider one extends it")
            .AddOpenApiOperationTransformer(SubmissionBody.DescribeAsync).Produces<SubmitReply>().Produces<SubmitReply>(StatusCodes.Status201Created).ProducesProblem(400).ProducesProblem(413)
            .RequireRateLimiting(WebLimits.Changes).WithMetadata(new RequestSizeLimitAttribute(SubmissionBody.MostBytes)).Needs(AccessRole.Submitter);
        api.MapPost("/sweeps/preview", PreviewAsync).WithSummary("Says what submitting would train, and what it costs; changes nothing")
            .AddOpenApiOperationTransformer(SubmissionBody.DescribeAsync).Produces<SweepPreview>().ProducesProblem(400).ProducesProblem(413)
            .RequireRateLimiting(WebLimits.Changes).WithMetadata(new RequestSizeLimitAttribute(SubmissionBody.MostBytes)).Needs(AccessRole.Viewer);
        api.MapGet("/sweeps/{name}", ShowAsync).WithSummary("Shows a sweep").Produces<SweepSnapshot>().ProducesProblem(404).Needs(AccessRole.Viewer);
        api.MapGet("/sweeps/{name}/status", StatusAsync).WithSummary("Shows how a sweep stands, every cell of it").Produces<SweepStatus>().ProducesProblem(404).Needs(AccessRole.Viewer);
        api.MapGet("/sweeps/{name}/results", ResultsAsync).WithSummary("Every stored row and what they say, as 'results export --as json'").Produces<SweepResults>().ProducesProblem(404).Needs(AccessRole.Viewer);
        api.MapGet("/sweeps/{name}/analysis", AnalysisAsync).WithSummary("What a sweep says: the answer, every cell, every batch size, warnings").Produces<Analysis>().ProducesProblem(404).Needs(AccessRole.Viewer);
        api.MapGet("/sweeps/{name}/answer", AnswerAsync).WithSummary("The answer so far in one sentence, with its warnings: of the analysis what is short").Produces<SweepAnswer>().ProducesProblem(404).Needs(AccessRole.Viewer);
        api.MapGet("/sweeps/{name}/report", ReportAsync).WithSummary("What a sweep says as one HTML page with its pictures, as 'results report'").Produces(200, contentType: "text/html").ProducesProblem(404).ProducesProblem(422).Needs(AccessRole.Viewer);
        api.MapGet("/sweeps/{name}/events", Follow).WithSummary("Server-sent events of how a sweep stands: 'snapshot' with every cell, 'change' with those that changed; Last-Event-ID resumes").Produces<SweepStatus>(200, contentType: "text/event-stream").ProducesProblem(404).Needs(AccessRole.Viewer);
        foreach (var (verb, action, summary) in new[]
        {
            ("pause", SweepAction.Pause, "Pauses a sweep: what trains stops after a last checkpoint"),
            ("resume", SweepAction.Resume, "Lets a paused sweep go on, from its checkpoints"),
            ("cancel", SweepAction.Cancel, "Cancels a sweep; its results so far stay"),
            ("retry", SweepAction.Retry, "Tries again what was given up"),
        })
        {
            api.MapPost($"/sweeps/{{name}}/{verb}", (string name, IGrainFactory grains, CancellationToken cancellationToken) => ActAsync(grains, name, action, cancellationToken))
                .WithSummary(summary).Produces<ActionReply>().ProducesProblem(404).ProducesProblem(409).RequireRateLimiting(WebLimits.Changes).Needs(AccessRole.Submitter);
        }

        api.MapDelete("/sweeps/{name}", (string name, IGrainFactory grains, CancellationToken cancellationToken) => ActAsync(grains, name, SweepAction.Delete, cancellationToken))
            .WithSummary("Deletes a sweep with its results; goes on by itself until everything of it is gone").Produces<ActionReply>().ProducesProblem(404).ProducesProblem(409)
            .RequireRateLimiting(WebLimits.Changes).Needs(AccessRole.Operator);
    }

    /// <summary>That no sweep has this name.</summary>
    public static IResult Missing(string name) => ApiProblem.NotFound("sweep", name, "one that GET /api/v1/sweeps lists");

    private static async Task<IResult> ListAsync(IGrainFactory grains, CancellationToken cancellationToken) =>
        new TaggedJson(await grains.GetGrain<ISweepIndexGrain>(0).List(cancellationToken));

    private static async Task<IResult> ShowAsync(string name, IGrainFactory grains) =>
        await SweepQueries.FindAsync(grains, name) is { } sweep ? new TaggedJson(sweep) : Missing(name);

    private static async Task<IResult> StatusAsync(string name, IGrainFactory grains) =>
        await SweepQueries.FindAsync(grains, name) is { } sweep ? new TaggedJson(await SweepQueries.StatusAsync(grains, sweep)) : Missing(name);

    private static async Task<IResult> ResultsAsync(string name, IGrainFactory grains, CancellationToken cancellationToken) =>
        await SweepQueries.FindAsync(grains, name) is { } sweep ? new TaggedJson(await grains.GetGrain<IAggregatorGrain>(sweep.SweepId).Results(cancellationToken)) : Missing(name);

    private static async Task<IResult> AnalysisAsync(string name, IGrainFactory grains, CancellationToken cancellationToken) =>
        await SweepQueries.FindAsync(grains, name) is { } sweep ? new TaggedJson(await grains.GetGrain<IAggregatorGrain>(sweep.SweepId).Answer(cancellationToken)) : Missing(name);

    private static async Task<IResult> AnswerAsync(string name, IGrainFactory grains, CancellationToken cancellationToken) =>
        await SweepQueries.FindAsync(grains, name) is { } sweep ? new TaggedJson(SweepAnswer.Of(await grains.GetGrain<IAggregatorGrain>(sweep.SweepId).Answer(cancellationToken))) : Missing(name);

    private static async Task<IResult> ReportAsync(string name, IGrainFactory grains, SweepReports reports, CancellationToken cancellationToken)
    {
        if (await SweepQueries.FindAsync(grains, name) is not { } sweep)
        {
            return Missing(name);
        }

        var epochs = (await SweepQueries.StatusAsync(grains, sweep)).Cells.Sum(c => (long)c.Replicas * c.Epochs);
        return epochs > SweepReports.MostEpochs
            ? ApiProblem.Of(StatusCodes.Status422UnprocessableEntity, string.Create(CultureInfo.InvariantCulture, $"found {epochs:N0} epochs of all replicas in sweep '{name}', wanted at most {SweepReports.MostEpochs:N0}, which a silo has the memory to draw; write it with 'smallbatch results report {name}'"))
            : await reports.OfAsync(sweep.SweepId, cancellationToken);
    }

    private static async Task<IResult> Follow(string name, [FromHeader(Name = "Last-Event-ID")] string? lastEventId, IGrainFactory grains, SweepFeeds feeds) =>
        await SweepQueries.FindAsync(grains, name) is { } sweep ? new SweepEvents(feeds, sweep.SweepId, lastEventId) : Missing(name);

    private static async Task<IResult> SubmitAsync(HttpRequest request, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (submission, refused) = await SubmissionBody.ReadAsync(request, cancellationToken);
        if (refused is not null)
        {
            return refused;
        }

        var reply = await grains.GetGrain<ISweepGrain>(submission!.Value.Name).Submit(submission.Value.Submission, cancellationToken);
        return reply.Outcome switch
        {
            SubmitOutcome.Refused => ApiProblem.BadInput(reply.Errors),
            SubmitOutcome.Accepted => Results.Created($"/api/v1/sweeps/{submission.Value.Name}", reply),
            _ => Results.Ok(reply),
        };
    }

    private static async Task<IResult> PreviewAsync(HttpRequest request, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (submission, refused) = await SubmissionBody.ReadAsync(request, cancellationToken);
        if (refused is not null)
        {
            return refused;
        }

        var preview = await grains.GetGrain<ISweepGrain>(submission!.Value.Name).Preview(submission.Value.Submission, cancellationToken);
        return preview.Outcome == SubmitOutcome.Refused ? ApiProblem.BadInput(preview.Errors) : Results.Ok(preview);
    }

    private static async Task<IResult> ActAsync(IGrainFactory grains, string name, SweepAction action, CancellationToken cancellationToken)
    {
        if (await SweepQueries.FindAsync(grains, name) is null)
        {
            return Missing(name);
        }

        var reply = await grains.GetGrain<ISweepGrain>(name).Act(action, action == SweepAction.Retry ? new RetryFilter([], null) : null, cancellationToken);
        return reply.Done ? Results.Ok(reply) : ApiProblem.Of(StatusCodes.Status409Conflict, $"{reply.What}.");
    }
}
