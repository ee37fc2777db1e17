using System.ComponentModel.DataAnnotations;

namespace SmallBatch.Silo.Settings;

/// <summary>Section <c>Log</c>: how this silo writes its log.</summary>
public sealed class LogSettings : IValidatableObject
{
    /// <summary><c>text</c>, a line for people, or <c>json</c>, one object a line. Default text.</summary>
    public string Form { get; set; } = "text";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Form is not ("text" or "json"))
        {
            yield return new ValidationResult($"Log:Form: found {Form}, wanted text or json.");
        }
    }
}
