using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Schemas;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Specs.Tests.Schemas;

/// <summary>The schemas for editors against the readers, which know nothing of them.</summary>
public sealed class SpecSchemaTests
{
    private const string Net = "layers: [ { linear: { outputs: classes } } ]";
    private static readonly JsonSchema Sweep = JsonSchema.FromText(SpecSchemas.Sweep);
    private static readonly JsonSchema Network = JsonSchema.FromText(SpecSchemas.Network);
    private static readonly JsonObject Keys = JsonNode.Parse(SpecSchemas.Sweep)!["properties"]!.AsObject();

    /// <summary>Where a reader says no and a schema of this language cannot.</summary>
    private static readonly string[] MoreThanASchemaSays = ["more than the one before it", "a range that ascends", "each batch size's own", "each value once", "a time from 0.5s", "the learning rate from 0 to 1"];

    /// <summary>Bounds that another key beside it sets.</summary>
    private static readonly string[] Relative = [".max", ".maxPool.padding"];

    private static readonly string Written = Path.Combine(AppContext.BaseDirectory, "Written");

    public static TheoryData<string> SweepKeys => [.. Keys.Select(k => k.Key)];

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Written, "*.yaml", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Written, f))];

    [Fact]
    public void The_schema_has_the_keys_that_the_reader_knows_and_no_other()
    {
        var error = Assert.Single(SweepDraft.Parse($"{Document("name")}\nquite-unheard-of: 1", null).Errors, e => e.Path == "quite-unheard-of");
        Assert.Equal($"one of {string.Join(", ", error.Wanted["one of ".Length..].Split(", ").Order(StringComparer.Ordinal))}", $"one of {string.Join(", ", Keys.Select(k => k.Key).Order(StringComparer.Ordinal))}");
    }

    [Theory]
    [MemberData(nameof(SweepKeys))]
    public void A_key_s_own_keys_are_those_that_the_reader_knows(string key)
    {
        // The reader names those of the kind that is given; all kinds together are the schema's.
        var forms = Forms(Keys[key]!).Where(f => f["properties"] is not null).ToList();
        var kinds = forms.SelectMany(f => f["properties"]!["kind"]?["enum"]?.AsArray() ?? []).Select(k => $"kind: {k}, ").DefaultIfEmpty("");
        foreach (var kind in kinds)
        {
            var value = $"{{ {kind}quite-unheard-of: 1 }}";
            var found = SweepDraft.Parse(Document(key, key == "batchGrowth" ? $"[{value}]" : value), Net).Errors.Where(e => e.Path.EndsWith(".quite-unheard-of", StringComparison.Ordinal) && e.Path != "baseLearningRates.quite-unheard-of").ToList();
            Assert.Equal(forms.Count > 0 ? 1 : 0, found.Count);
            var known = found.SelectMany(e => e.Wanted["one of ".Length..].Split(", "));
            Assert.Equal(forms.SelectMany(f => f["properties"]!.AsObject().Select(p => p.Key)).Distinct().Order(StringComparer.Ordinal), known.Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(SweepKeys))]
    public void On_every_side_of_every_bound_schema_and_reader_say_the_same(string key)
    {
        var samples = new SchemaSamples(JsonNode.Parse(SpecSchemas.Sweep)!).Of(Keys[key]!).Where(v => (key, v) is not ("name" or "team", "true")).ToList();
        Assert.Contains(samples, v => Takes(Sweep, Document(key, v)));
        Assert.Contains(samples, v => !Takes(Sweep, Document(key, v)));
        Assert.All(samples, v => Agree(Sweep, Document(key, v), SweepDraft.Parse(Document(key, v), Net).Errors));
    }

    [Theory]
    [InlineData("epochs: 5\nupdates: 5")]
    [InlineData("epochs: 5\nexamples: 5")]
    [InlineData("priority: 1")]
    [InlineData("epochs: 5\naccumulate: 2\nworkers: { count: 2 }")]
    [InlineData("epochs: 5\naccumulate: 2\nbatchNormBatchSize: 2")]
    [InlineData("epochs: 5\nworkers: { count: 2 }\nbatchNormBatchSize: 2")]
    [InlineData("epochs: 5\nfrom: { sweep: other }")]
    [InlineData("epochs: 5\nunheard: 1")]
    public void What_does_not_go_together_both_refuse(string more)
    {
        var text = $"name: a\ndataset: synthetic\nnetwork: resnet8\nbatchSizes: [2, 8]\nbaseLearningRates: [2^-9]\n{more}";
        Assert.NotEmpty(SweepDraft.Parse(text, null).Errors);
        Assert.False(Takes(Sweep, text));
    }

    [Theory]
    [InlineData("name")]
    [InlineData("dataset")]
    [InlineData("network")]
    [InlineData("batchSizes")]
    [InlineData("baseLearningRates")]
    [InlineData("epochs")]
    public void What_is_missing_both_miss(string key)
    {
        var text = string.Join('\n', Document("priority", "0").Split('\n').Where(l => !l.StartsWith($"{key}:", StringComparison.Ordinal)));
        Assert.NotEmpty(SweepDraft.Parse(text, null).Errors);
        Assert.False(Takes(Sweep, text));
    }

    [Fact]
    public void Built_in_networks_are_offered_by_name() =>
        Assert.Equal(BuiltInNetworks.Names.Order(StringComparer.Ordinal), Keys["network"]!["anyOf"]![0]!["enum"]!.AsArray().Select(n => (string)n!).Order(StringComparer.Ordinal));

    [Fact]
    public void Layers_are_taken_and_refused_as_the_reader_does()
    {
        var schema = JsonNode.Parse(SpecSchemas.Network)!;
        var samples = new SchemaSamples(schema).Of(schema["properties"]!["layers"]!["items"]!).Where(v => v.Length > 0).Select(v => $"layers: [{v}, {{ linear: {{ outputs: classes }} }}]").ToList();
        Assert.True(samples.Count > 100);
        Assert.All(samples, s => Agree(Network, s, NetworkSpec.Parse(s, "net").Errors));
        Assert.All(["layers: []", "layer: [relu]", "{}"], s => Assert.True(NetworkSpec.Parse(s, "net").Errors.Count > 0 && !Takes(Network, s), s));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_file_of_the_repository_is_valid_and_tells_an_editor_by_what(string file)
    {
        var text = File.ReadAllText(Path.Combine(Written, file));
        var network = !text.Contains("\nname: ", StringComparison.Ordinal);
        Assert.True(Takes(network ? Network : Sweep, text));
        var up = string.Concat(Enumerable.Repeat("../", file.Split('/').Length - 1));
        Assert.StartsWith($"# yaml-language-server: $schema={up}docs/{(network ? "network" : "spec")}.schema.json\n", text, StringComparison.Ordinal);
    }

    private static IEnumerable<JsonNode> Forms(JsonNode schema) => schema["anyOf"] is JsonArray forms ? forms.SelectMany(f => Forms(f!)) : [schema["type"] is { } t && (string?)t == "array" && schema["items"]!["properties"] is not null ? schema["items"]! : schema];

    private static void Agree(JsonSchema schema, string yaml, IReadOnlyList<SpecError> errors)
    {
        var beyond = errors.Count > 0 && errors.All(e => MoreThanASchemaSays.Any(m => e.Wanted.Contains(m, StringComparison.Ordinal)) || Relative.Any(r => e.Path.EndsWith(r, StringComparison.Ordinal)));
        Assert.True(errors.Count == 0 == Takes(schema, yaml) || beyond, $"{yaml}\nthe reader: {string.Join("; ", errors.DefaultIfEmpty())}; the schema {(Takes(schema, yaml) ? "takes it" : "refuses it")}");
    }

    private static bool Takes(JsonSchema schema, string yaml) => schema.Evaluate(JsonSerializer.SerializeToElement(YamlJson.Read(yaml))).IsValid;

    /// <summary>A whole specification with one key's value as given, and without what may not stand beside it.</summary>
    private static string Document(string key, string? value = null)
    {
        var lines = new Dictionary<string, string> { ["name"] = "good", ["dataset"] = "synthetic", ["network"] = "resnet8", ["batchSizes"] = "[2, 8]", ["baseLearningRates"] = "2^-9..2^-3", ["epochs"] = "8" };
        foreach (var other in key switch { "updates" or "examples" => ["epochs"], "from" => ["baseLearningRates"], _ => Array.Empty<string>() })
        {
            lines.Remove(other);
        }

        lines[key] = value ?? lines[key];
        return string.Join('\n', lines.Select(l => $"{l.Key}: {l.Value}"));
    }
}
