using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SmallBatch.Contracts;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Silo.Settings;

namespace SmallBatch.Silo.Notices;

/// <summary>A notice as a request: its id and the time of sending in headers, signed together with the body.</summary>
internal static class WebhookMessage
{
    /// <summary>The notice's id.</summary>
    public const string IdHeader = "SmallBatch-Event-Id";

    /// <summary>Seconds since 1970 at which it is sent.</summary>
    public const string TimeHeader = "SmallBatch-Timestamp";

    /// <summary><c>sha256=</c> and HMAC-SHA256 in hexadecimal digits over <c>TIMESTAMP.BODY</c>.</summary>
    public const string SignatureHeader = "SmallBatch-Signature";

    /// <summary>The request.</summary>
    public static HttpRequestMessage Of(SweepNotice notice, WebhookReceiver receiver, DateTimeOffset now)
    {
        var body = receiver.Form == WebhookForm.Chat
            ? JsonSerializer.SerializeToUtf8Bytes(new { notice.Text }, JsonForm.Compact)
            : JsonSerializer.SerializeToUtf8Bytes(new { notice.Id, notice.Kind, notice.Sweep, notice.SweepId, notice.At, notice.Text }, JsonForm.Compact);
        var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        var request = new HttpRequestMessage(HttpMethod.Post, receiver.Url) { Content = content };
        var seconds = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.Add(IdHeader, notice.Id);
        request.Headers.Add(TimeHeader, seconds);
        if (receiver.Secret is { } secret)
        {
            request.Headers.Add(SignatureHeader, Signature(secret, seconds, body));
        }

        return request;
    }

    private static string Signature(string secret, string seconds, byte[] body) =>
        $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(seconds + ".").Concat(body).ToArray()))}";
}
