using System.Text.Json;
using System.Text.Json.Serialization;

namespace SmallBatch.Contracts;

/// <summary>How contracts are written as JSON: the same in the console's output, in exported files and over HTTP.</summary>
public static class JsonForm
{
    /// <summary>Over HTTP: in one line.</summary>
    public static readonly JsonSerializerOptions Compact = Apply(new());

    /// <summary>For people and files: indented.</summary>
    public static readonly JsonSerializerOptions Indented = Apply(new() { WriteIndented = true });

    /// <summary>Names in camel case, enumerations as words, infinities and NaN as text.</summary>
    public static JsonSerializerOptions Apply(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        return options;
    }
}
