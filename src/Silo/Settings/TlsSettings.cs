using System.ComponentModel.DataAnnotations;
using SmallBatch.Tls;

namespace SmallBatch.Silo.Settings;

/// <summary>Section <c>Tls</c>: certificates between silos and from consoles.</summary>
public sealed class TlsSettings : IValidatableObject
{
    /// <summary>
    /// Folder with tls.crt, tls.key and ca.crt in PEM, as a Secret of cert-manager has them; read again at each new connection. Default none:
    /// nothing is encrypted, and nobody is asked who he is.
    /// </summary>
    public string? Folder { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Folder is null)
        {
            return [];
        }

        try
        {
            var own = new TlsFolder(Folder, TimeProvider.System).Load().Certificate;
            return own.MatchesHostname(TlsFolder.SiloName)
                ? []
                : [new($"Tls:Folder: found a certificate {own.Subject} in {Folder}, wanted one for the DNS name {TlsFolder.SiloName}, by which silos are told from consoles.")];
        }
        catch (TlsFolderException unusable)
        {
            return unusable.Errors.Select(e => new ValidationResult($"Tls:Folder: {e}."));
        }
    }
}
