using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace SmallBatch.Web.Access;

/// <summary>What a request says of who sends it.</summary>
/// <param name="Authorization">The header, or null.</param>
/// <param name="Host">Host and port that it was sent to.</param>
/// <param name="Origin">The page that sends it, where a browser says so; else null.</param>
/// <param name="Changes">Whether its method may change something.</param>
/// <param name="Oidc">What a provider's token says; null where it is none.</param>
internal sealed record Credentials(string? Authorization, string Host, string? Origin, bool Changes, OidcBearer? Oidc = null)
{
    /// <summary>What precedes a token in the header.</summary>
    public const string Scheme = "Bearer ";

    /// <summary>The cookie that the page sets where it opens the dashboard.</summary>
    public const string Cookie = "smallbatch-token";

    /// <summary>The token of such a header; empty where there is none.</summary>
    public static string Token(string? authorization) => authorization?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true ? authorization[Scheme.Length..].Trim() : "";
}

/// <summary>Why a request is refused.</summary>
/// <param name="Status">401 where it does not say who it is, else 403.</param>
/// <param name="Reason">What was found and what was wanted.</param>
internal sealed record Refusal(int Status, string Reason);

/// <summary>Who may do what.</summary>
internal static class AccessRules
{
    /// <summary>Judges a request for something that needs <paramref name="wanted"/>; null where it may.</summary>
    /// <param name="settings">The tokens.</param>
    /// <param name="local">Whether this silo's address is the machine's own, so that nobody else reaches it.</param>
    /// <param name="credentials">What the request says.</param>
    /// <param name="wanted">What it needs.</param>
    public static Refusal? Judge(AccessSettings settings, bool local, Credentials credentials, AccessRole wanted)
    {
        // Where no token is asked for, a page of another site would get in by the user's browser: by a name of its own that leads here, or by a form.
        if (!settings.Asks && local && !IsLocal(credentials.Host))
        {
            return new(403, $"Host: found {credentials.Host}, wanted this machine's own name or address: 127.0.0.1 or localhost");
        }

        if (credentials.Changes && credentials.Origin is { } origin && !(Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority.Equals(credentials.Host, StringComparison.OrdinalIgnoreCase)))
        {
            return new(403, $"Origin: found {origin}, wanted a page of this silo: {credentials.Host}");
        }

        var role = Role(settings, local, credentials);
        return role >= wanted ? null
            : role > AccessRole.None ? new(403, $"found the token of {Article(role)}, wanted that of {Article(wanted)}")
            : credentials.Oidc?.WhyNot is { } why ? new(401, $"Authorization: found {why}; wanted one of {Article(wanted)}")
            : !settings.Asks ? new(401, "this silo is reached from other machines and has no tokens: set Access:ViewerToken, Access:SubmitterToken, Access:OperatorToken or Access:Oidc")
            : new(401, $"Authorization: found {(credentials.Authorization is null ? "nothing" : "a token that is none of this silo's")}, wanted 'Bearer' with the token of {Article(wanted)}");
    }

    /// <summary>The role of whoever sends that.</summary>
    public static AccessRole Role(AccessSettings settings, bool local, Credentials credentials)
    {
        if (!settings.Asks)
        {
            return local ? AccessRole.Operator : AccessRole.None;
        }

        if (credentials.Oidc is { WhyNot: null } bearer)
        {
            return bearer.Role;
        }

        var found = Encoding.UTF8.GetBytes(Credentials.Token(credentials.Authorization));

        // All are compared, each in a time that does not tell how much of it was right.
        return settings.Tokens.Select(t => CryptographicOperations.FixedTimeEquals(found, Encoding.UTF8.GetBytes(t.Token)) ? t.Role : AccessRole.None).ToList().DefaultIfEmpty(AccessRole.None).Max();
    }

    private static bool IsLocal(string host)
    {
        var name = host.StartsWith('[') ? host[1..Math.Max(1, host.IndexOf(']', StringComparison.Ordinal))] : host.Split(':')[0];
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address));
    }

    private static string Article(AccessRole role) => role == AccessRole.Operator ? "an operator" : $"a {role.ToString().ToLowerInvariant()}";
}
