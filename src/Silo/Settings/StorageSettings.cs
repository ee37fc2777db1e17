using System.ComponentModel.DataAnnotations;

namespace SmallBatch.Silo.Settings;

/// <summary>Section <c>Storage</c>: where everything durable lies. One of the two.</summary>
public sealed class StorageSettings : IValidatableObject
{
    /// <summary>Connection string of an Azure Storage account or of Azurite. A secret: give it by the environment.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Name of an Azure Storage account, reached with the machine's managed identity.</summary>
    public string? AccountName { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(ConnectionString) == string.IsNullOrEmpty(AccountName))
        {
            yield return new ValidationResult(
                "Storage: found " + (string.IsNullOrEmpty(ConnectionString) ? "neither" : "both") + " of ConnectionString and AccountName, wanted one of them; "
                + "set SMALLBATCH_Storage__ConnectionString, or start 'smallbatch silo', which starts Azurite where none is given.");
        }
    }
}
