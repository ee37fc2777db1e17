using System.ComponentModel.DataAnnotations;

namespace SmallBatch.Silo.Settings;

/// <summary>Section <c>Log</c>: how this silo writes its log.</summary>
public sealed class LogSettings
{
    /// <summary><c>text</c>, a line for people, or <c>json</c>, one object a line. Default text.</summary>
    [RegularExpression("text|json", ErrorMessage = "Log:Form: wanted text or json.")]
    public string Form { get; set; } = "text";
}
