using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SmallBatch.Specs.Settings;

/// <summary>The canonical text of settings: JSON in a fixed order with round-trip numbers. Its SHA-256 is the settings hash.</summary>
public static class SettingsText
{
    /// <summary>Writes the canonical text.</summary>
    public static string Write(TrainingSettings settings) => JsonSerializer.Serialize(settings, SettingsJson.Canonical.TrainingSettings);

    /// <summary>Reads the canonical text. Throws <see cref="JsonException"/> where it is none.</summary>
    public static TrainingSettings Read(string text) =>
        JsonSerializer.Deserialize(text, SettingsJson.Canonical.TrainingSettings) ?? throw new JsonException("found null, wanted settings");

    /// <summary>SHA-256 of the canonical text, 64 hex digits in lower case.</summary>
    public static string Hash(TrainingSettings settings) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Write(settings))));
}

/// <summary>A base learning rate as its canonical text.</summary>
internal sealed class BaseLearningRateJson : JsonConverter<BaseLearningRate>
{
    /// <inheritdoc/>
    public override BaseLearningRate Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.GetString();
        return text is not null && BaseLearningRate.TryParse(text, out var rate) ? rate! : throw new JsonException($"found {text}, wanted a base learning rate");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, BaseLearningRate value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>Source-generated JSON of settings.</summary>
[JsonSerializable(typeof(TrainingSettings))]
internal sealed partial class SettingsJson : JsonSerializerContext
{
    /// <summary>With plain characters: the text is for files and for people, and needs no browser's safety.</summary>
    public static SettingsJson Canonical { get; } = new(new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        IgnoreReadOnlyProperties = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new BaseLearningRateJson(),
            new JsonStringEnumConverter<BatchNormalisation>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<OptimizerKind>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<Precision>(JsonNamingPolicy.CamelCase),
        },
    });
}
