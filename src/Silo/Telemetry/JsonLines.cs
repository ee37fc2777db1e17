using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace SmallBatch.Silo.Telemetry;

/// <summary>
/// A log line as one JSON object on one line: time, level, logger, event and message; then sweep, configuration, attempt and token where they are
/// known, from the message or from what it was written in the course of; then whatever else the message names, under <c>values</c>.
/// </summary>
internal sealed partial class JsonLines(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    /// <summary>Its name.</summary>
    public const string FormatterName = "smallbatch-json";

    private static readonly string[] Ids = ["sweep", "configuration", "attempt", "token"];

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var values = new SortedDictionary<string, object?>(StringComparer.Ordinal);
        scopeProvider?.ForEachScope(Take, values);
        Take(logEntry.State, values);
        if (!values.ContainsKey("sweep") && values.TryGetValue("configuration", out var key) && Key().Match($"{key}") is { Success: true } match)
        {
            values["sweep"] = match.Groups[1].Value;
        }

        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", logEntry.LogLevel.ToString().ToLowerInvariant());
            json.WriteString("logger", logEntry.Category);
            json.WriteString("event", logEntry.EventId.Name ?? $"{logEntry.EventId.Id}");
            json.WriteString("message", logEntry.Formatter(logEntry.State, logEntry.Exception));
            foreach (var id in Ids.Where(values.ContainsKey))
            {
                Write(json, id, values[id]);
                values.Remove(id);
            }

            if (logEntry.Exception is { } exception)
            {
                json.WriteString("exception", exception.ToString());
            }

            if (values.Count > 0)
            {
                json.WriteStartObject("values");
                values.ToList().ForEach(v => Write(json, v.Key, v.Value));
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    /// <summary>What a message or a scope names; the message's own word, which comes last, counts.</summary>
    private static void Take(object? state, SortedDictionary<string, object?> values)
    {
        foreach (var (name, value) in state as IEnumerable<KeyValuePair<string, object?>> ?? [])
        {
            if (name != "{OriginalFormat}" && value is not null)
            {
                values[JsonNamingPolicy.CamelCase.ConvertName(name)] = value;
            }
        }
    }

    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case bool truth:
                json.WriteBoolean(name, truth);
                break;
            case int or long:
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    /// <summary>A configuration's key begins with its sweep's id: name and eight hex digits.</summary>
    [GeneratedRegex(@"^(.+?)-[0-9a-f]{8}\.")]
    private static partial Regex Key();
}
