using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.Configurations;
using SmallBatch.Silo.Telemetry;

namespace SmallBatch.Silo.Tests.Telemetry;

public sealed class JsonLinesTests
{
    private static readonly LeaseToken Token = new(3, 4, Guid.Empty);
    private readonly LoggerExternalScopeProvider scopes = new();
    private readonly JsonLines form = new(new FakeTimeProvider(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)));

    [Fact]
    public void A_line_bears_the_ids_of_what_it_was_written_in_the_course_of()
    {
        var attempt = 1;
        using var scope = scopes.Push(new AttemptIds(() => ("tiny", "tiny-0123abcd.m=8", attempt, Token)));
        attempt = 2;
        Assert.Equal(
            $$$"""{"time":"2026-03-01T12:00:00.000Z","level":"warning","logger":"Some.Logger","event":"Late","message":"batch 7 is late","sweep":"tiny","configuration":"tiny-0123abcd.m=8","attempt":2,"token":"{{{Token}}}","values":{"batch":7}}""",
            Line(new(1, "Late"), "batch 7 is late", null, ("Batch", 7)));
    }

    [Fact]
    public void The_message_s_own_word_counts_before_the_scope_s_and_a_configuration_names_its_sweep()
    {
        using var scope = scopes.Push(new AttemptIds(() => (null, "other", null, null)));
        var line = JsonDocument.Parse(Line(
            new(1, "Lost"), "any", null, ("Configuration", "a-b-0123abcd.m=8"), ("Attempt", 5), ("Message", "say \"no\"\n"), ("Ratio", 0.5), ("Taken", true))).RootElement;
        Assert.Equal(("a-b", "a-b-0123abcd.m=8", 5), (line.GetProperty("sweep").GetString(), line.GetProperty("configuration").GetString(), line.GetProperty("attempt").GetInt32()));
        Assert.Equal("""{"message":"say \u0022no\u0022\n","ratio":0.5,"taken":true}""", line.GetProperty("values").GetRawText());
        Assert.False(line.TryGetProperty("token", out _));
    }

    [Fact]
    public void An_exception_is_a_part_of_its_line()
    {
        var line = Line(new(0), "failed", new InvalidOperationException("two\nlines"));
        Assert.Equal("System.InvalidOperationException: two\nlines", JsonDocument.Parse(line).RootElement.GetProperty("exception").GetString());
    }

    private string Line(EventId id, string message, Exception? failure, params (string Name, object? Value)[] values)
    {
        // As a logger's generated method passes it on.
        KeyValuePair<string, object?>[] state = [.. values.Select(v => KeyValuePair.Create(v.Name, v.Value)), new("{OriginalFormat}", "any")];
        var line = new StringWriter();
        form.Write(new LogEntry<KeyValuePair<string, object?>[]>(LogLevel.Warning, "Some.Logger", id, state, failure, (_, _) => message), scopes, line);
        return Assert.Single(line.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
