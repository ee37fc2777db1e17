namespace SmallBatch.Web.Access;

/// <summary>Section <c>Access:Oidc</c>: tokens of an OpenID Connect provider, instead of or beside tokens of one's own.</summary>
public sealed class OidcSettings
{
    /// <summary>The provider's issuer, <c>https://login.example.org/realm</c>: its keys are fetched from there, and fetched again when it changes them. Default none.</summary>
    public string? Authority { get; set; }

    /// <summary>Whom its tokens are to be for, as <c>aud</c> says. Default none; wanted with <see cref="Authority"/>.</summary>
    public string? Audience { get; set; }

    /// <summary>The claim that lists somebody's roles: a text, or several. Default <c>roles</c>.</summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>What stands there for a viewer. Default <c>smallbatch-viewer</c>.</summary>
    public string ViewerRole { get; set; } = "smallbatch-viewer";

    /// <summary>What stands there for a submitter. Default <c>smallbatch-submitter</c>.</summary>
    public string SubmitterRole { get; set; } = "smallbatch-submitter";

    /// <summary>What stands there for an operator. Default <c>smallbatch-operator</c>.</summary>
    public string OperatorRole { get; set; } = "smallbatch-operator";

    /// <summary>Whether tokens of a provider are taken.</summary>
    internal bool On => !string.IsNullOrEmpty(Authority);

    /// <summary>The highest role that a claim's values give.</summary>
    internal AccessRole RoleOf(IEnumerable<string> values) => values
        .Select(v => v == OperatorRole ? AccessRole.Operator : v == SubmitterRole ? AccessRole.Submitter : v == ViewerRole ? AccessRole.Viewer : AccessRole.None)
        .DefaultIfEmpty(AccessRole.None).Max();

    /// <summary>What is wrong, a line each.</summary>
    internal IEnumerable<string> Errors()
    {
        if (!On)
        {
            yield break;
        }

        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var uri) || !(uri.Scheme == "https" || (uri.Scheme == "http" && uri.IsLoopback)))
        {
            yield return $"Access:Oidc:Authority: found {Authority}, wanted the https address of the provider's issuer.";
        }

        if (string.IsNullOrEmpty(Audience))
        {
            yield return "Access:Oidc:Audience: found none, wanted whom the provider's tokens are for, as their 'aud' says: without it tokens for other programs would do here.";
        }
    }
}
