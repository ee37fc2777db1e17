using System.ComponentModel.DataAnnotations;

namespace SmallBatch.Web.Access;

/// <summary>
/// Section <c>Access</c>: the bearer tokens of the HTTP side, one a role; secrets, so they belong into the environment; and whose tokens count
/// beside them. Without any, a silo whose address is this machine's own lets everybody on it do everything, and any other lets nobody do anything.
/// </summary>
public sealed class AccessSettings : IValidatableObject
{
    private const int Shortest = 16;

    /// <summary>Whoever bears it may look. Default none.</summary>
    public string? ViewerToken { get; set; }

    /// <summary>Whoever bears it may submit and control sweeps too. Default none.</summary>
    public string? SubmitterToken { get; set; }

    /// <summary>Whoever bears it may drain hosts and delete sweeps too. Default none.</summary>
    public string? OperatorToken { get; set; }

    /// <summary>A provider whose tokens count too.</summary>
    public OidcSettings Oidc { get; set; } = new();

    /// <summary>Whether anybody is asked who he is.</summary>
    internal bool Asks => Oidc.On || Tokens.Any();

    /// <summary>The tokens that are set, the lowest role first.</summary>
    internal IEnumerable<(AccessRole Role, string Token)> Tokens =>
        from pair in new[] { (Role: AccessRole.Viewer, Token: ViewerToken), (Role: AccessRole.Submitter, Token: SubmitterToken), (Role: AccessRole.Operator, Token: OperatorToken) }
        where !string.IsNullOrEmpty(pair.Token)
        select (pair.Role, pair.Token);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // The value itself is never said: errors end up in logs.
        foreach (var (role, token) in Tokens.Where(t => t.Token.Length < Shortest || t.Token.Any(c => c is <= ' ' or > '~')))
        {
            yield return new ValidationResult($"Access:{role}Token: found {token.Length} characters{(token.Any(c => c is <= ' ' or > '~') ? ", some not visible ASCII" : "")}, wanted at least {Shortest} of visible ASCII, such as 'openssl rand -hex 16' makes.");
        }

        if (Tokens.Select(t => t.Token).Distinct(StringComparer.Ordinal).Count() < Tokens.Count())
        {
            yield return new ValidationResult("Access: found the same token for two roles, wanted one a role.");
        }

        foreach (var error in Oidc.Errors())
        {
            yield return new ValidationResult(error);
        }
    }
}
