using Microsoft.AspNetCore.Http;
using SmallBatch.Contracts;

namespace SmallBatch.Web.Api;

/// <summary>Errors as problem+json (RFC 9457).</summary>
internal static class ApiProblem
{
    /// <summary>One with a sentence.</summary>
    public static IResult Of(int status, string detail) => Results.Problem(detail, statusCode: status);

    /// <summary>A specification with everything that is wrong with it.</summary>
    public static IResult BadInput(IReadOnlyList<InputError> errors) => Results.Problem(
        $"{errors.Count} {(errors.Count == 1 ? "error" : "errors")}; nothing was stored.",
        statusCode: StatusCodes.Status400BadRequest,
        extensions: new Dictionary<string, object?> { ["errors"] = errors });

    /// <summary>Something that is not there.</summary>
    public static IResult NotFound(string what, string found, string wanted) => Of(StatusCodes.Status404NotFound, $"{what}: found no '{found}', wanted {wanted}");
}
