using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SmallBatch.Web.Api;

namespace SmallBatch.Web;

/// <summary>What goes wrong below an endpoint, as a problem without a stack.</summary>
internal sealed partial class WebFailures(RequestDelegate next, ILogger<WebFailures> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for an answer.
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            var (status, reason) = failure switch
            {
                BadHttpRequestException bad => (bad.StatusCode, bad.Message),
                System.Text.Json.JsonException json => (400, $"body: found {json.Message}, wanted JSON"),
                DecoderFallbackException => (400, "body: found bytes that are no UTF-8, wanted text in UTF-8"),
                TimeoutException or Orleans.Runtime.OrleansException or OperationCanceledException => (503, $"the cluster did not answer: {failure.Message}"),
                _ => (500, "an error that the silo's log tells"),
            };
            if (status >= 500)
            {
                Failed(context.Request.Method, context.Request.Path.ToUriComponent(), failure);
            }

            context.Response.Clear();
            await ApiProblem.Of(status, reason).ExecuteAsync(context);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void Failed(string method, string path, Exception failure);
}
