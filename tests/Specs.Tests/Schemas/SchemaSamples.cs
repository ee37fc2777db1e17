using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SmallBatch.Specs.Tests.Schemas;

/// <summary>Values, as YAML, that stand on either side of every bound that a schema names.</summary>
internal sealed class SchemaSamples(JsonNode root)
{
    /// <summary>What no part of a schema names, for every key.</summary>
    private static readonly string[] Any = ["", "word", "0", "1", "-1", "0.5", "7.5", "true", "[]", "{}", "[1]", "[word]", "[[1]]", "[{}]", "{ word: 1 }", "2^-9", "2..8", "3..8", "2^-9..2^-3", "2^-70..2^0", "1/32", "[2^-9, 1/300, 0.001]", "60s", "1.5h"];

    private static readonly string[] Texts = ["a-name", "Ünder", "net.yaml", "resnet9", "2^-9", "2^60", "2^-61", "1/300", "1/0", "2..8", "3..8", "2..100000", "2^-9..2^-3", "60s", "1.5m", ".5s", "60x", "sixty"];

    /// <summary>For one key.</summary>
    public IEnumerable<string> Of(JsonNode schema) => Any.Concat(Values(schema)).Distinct();

    private JsonNode Resolve(JsonNode schema) => schema["$ref"] is { } at ? root["definitions"]![((string)at!)["#/definitions/".Length..]]! : schema;

    private IEnumerable<string> Values(JsonNode schema)
    {
        schema = Resolve(schema);
        if (schema["anyOf"] is JsonArray forms)
        {
            return forms.SelectMany(f => Values(f!));
        }

        if (schema["enum"] is JsonArray words)
        {
            return words.Select(w => (string)w!).Append("unheard-of");
        }

        return (string?)schema["type"] switch
        {
            "integer" => Numbers(schema, 1m),
            "number" => Numbers(schema, 0.0001m),
            "boolean" => ["true", "false", "maybe"],
            "string" => Texts.Select(t => $"'{t}'"),
            "array" => Values(schema["items"]!).SelectMany(v => new[] { $"[{v}]", $"[{v}, {v}]" }).Append("[]"),
            "object" => Objects(schema),
            _ => throw new ArgumentException($"A schema without a type: {schema.ToJsonString()}", nameof(schema)),
        };
    }

    private static IEnumerable<string> Numbers(JsonNode schema, decimal step)
    {
        foreach (var bound in new[] { "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "default" }.Where(b => schema[b] is not null))
        {
            var value = decimal.Parse(schema[bound]!.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);
            yield return Text(value);
            var apart = step == 1 ? Math.Max(1, Math.Ceiling(Math.Abs(value) * 1e-12m)) : Math.Max(step, Math.Abs(value) * 1e-12m);
            yield return Text(value - apart);
            yield return Text(value + apart);
        }

        static string Text(decimal value) => value.ToString("0.#############", CultureInfo.InvariantCulture);
    }

    private IEnumerable<string> Objects(JsonNode schema)
    {
        if (schema["patternProperties"] is JsonObject patterns)
        {
            return Values(patterns.Single().Value!).SelectMany(v => new[] { $"{{ 2: {v}, 8: 2^-9 }}", $"{{ 2: {v}, word: 2^-9 }}" });
        }

        var properties = schema["properties"]!.AsObject();
        var required = (schema["required"]?.AsArray() ?? []).Select(r => (string)r!).ToList();
        var whole = required.ToDictionary(r => r, r => Good(properties[r]!));
        var each = properties.SelectMany(p => Values(p.Value!).Select(v => new Dictionary<string, string>(whole) { [p.Key] = v }));
        var pairs = properties.SelectMany(p => properties.Select(q => new Dictionary<string, string>(whole) { [p.Key] = Good(p.Value!), [q.Key] = Good(q.Value!) }));
        var without = required.Select(r => whole.Where(w => w.Key != r).ToDictionary());
        return each.Concat(pairs).Concat(without).Append(new(whole) { ["unheard"] = "1" })
            .Select(o => $"{{ {string.Join(", ", o.Select(p => $"{p.Key}: {p.Value}"))} }}");
    }

    /// <summary>One that the schema takes.</summary>
    private string Good(JsonNode schema)
    {
        schema = Resolve(schema);
        return (string?)schema["type"] switch
        {
            null when schema["enum"] is JsonArray words => (string)words[0]!,
            null => Good(schema["anyOf"]![0]!),
            "integer" => schema["minimum"]!.ToJsonString(),
            "number" => schema["minimum"] is { } least && (double)least > 0 ? least.ToJsonString() : "0.25",
            "boolean" => "true",
            "string" => Texts.FirstOrDefault(t => Regex.IsMatch(t, (string?)schema["pattern"] ?? "")) ?? throw new InvalidOperationException($"No sample of {schema.ToJsonString()}"),
            "array" => $"[{Good(schema["items"]!)}]",
            _ => Objects(schema).First(),
        };
    }
}
