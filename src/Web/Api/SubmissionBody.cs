using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using SmallBatch.Contracts;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Web.Api;

/// <summary>A submission as a request brings it: the specification as YAML, or as JSON with its network file's text.</summary>
internal static class SubmissionBody
{
    /// <summary>A specification with its network file; one that is written in earnest has a few kilobytes.</summary>
    public const int MostBytes = 256 * 1024;

    private const string Yaml = "application/yaml", Json = "application/json";

    /// <summary>Reads it with its sweep's name, or says why not.</summary>
    public static async Task<((SweepSubmission Submission, string Name)? Read, IResult? Refused)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        SweepSubmission? submission;
        if (request.HasJsonContentType())
        {
            submission = await request.ReadFromJsonAsync<SweepSubmission>(JsonForm.Compact, cancellationToken);
            if (submission is not { SpecText: not null })
            {
                return (null, ApiProblem.Of(400, "body: found no specText, wanted {\"specText\": \"…\", \"networkText\": null}"));
            }
        }
        else if (request.ContentType?.StartsWith(Yaml, StringComparison.OrdinalIgnoreCase) == true)
        {
            using var body = new StreamReader(request.Body, new UTF8Encoding(false, throwOnInvalidBytes: true));
            submission = new(await body.ReadToEndAsync(cancellationToken), null);
        }
        else
        {
            return (null, ApiProblem.Of(415, $"Content-Type: found {request.ContentType ?? "nothing"}, wanted {Yaml} or {Json}"));
        }

        // The grain finds the rest; only the name must be right, since it says which grain.
        var draft = SweepDraft.Parse(submission.SpecText, submission.NetworkText);
        return draft.Spec is { } spec && draft.Errors.All(e => e.Path != "name")
            ? ((submission, spec.Name), null)
            : (null, ApiProblem.BadInput([.. draft.Errors.Select(e => new InputError(e.Path, e.Found, e.Wanted))]));
    }

    /// <summary>Describes it. Said to the router, it would take another type's request for one of another path.</summary>
    public static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        static OpenApiSchema Text(string what) => new() { Type = JsonSchemaType.String, Description = what };
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [Yaml] = new() { Schema = Text("The specification") },
                [Json] = new()
                {
                    Schema = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Required = new HashSet<string> { "specText" },
                        Properties = new Dictionary<string, IOpenApiSchema> { ["specText"] = Text("The specification, YAML"), ["networkText"] = Text("The network file that it names, YAML") },
                    },
                },
            },
        };
        return Task.CompletedTask;
    }
}
