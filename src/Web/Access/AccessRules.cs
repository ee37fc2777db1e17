using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace SmallBatch.Web.Access;

/// <summary>What a request says of who sends it.</summary>
/// <param name="Authorization">The header, or null.</param>
/// <param name="Host">Host and port that it was sent to.</param>
/// <param name="Origin">The page that sends it, where a browser says so; else null.</param>
/// <param name="Changes">Whether its method may change something.</param>
internal sealed record Credentials(string? Authorization, string Host, string? Origin, bool Changes);

/// <summary>Why a request is refused.</summary>
/// <param name="Status">401 where it does not say who it is, else 403.</param>
/// <param name="Reason">What was found and what was wanted.</param>
internal sealed record Refusal(int Status, string Reason);

/// <summary>Who may do what.</summary>
internal static class AccessRules
{
    private const string Scheme = "Bearer ";

    /// <summary>Judges a request for something that needs <paramref name="wanted"/>; null where it may.</summary>
    /// <param name="settings">The tokens.</param>
    /// <param name="local">Whether this silo's address is the machine's own, so that nobody else reaches it.</param>
    /// <param name="credentials">What the request says.</param>
    /// <param name="wanted">What it needs.</param>
    public static Refusal? Judge(AccessSettings settings, bool local, Credentials credentials, AccessRole wanted)
    {
        // Where no token is asked for, a page of another site would get in by the user's browser: by a name of its own that leads here, or by a form.
        if (!settings.Tokens.Any() && local && !IsLocal(credentials.Host))
        {
            return new(403, $"Host: found {credentials.Host}, wanted this machine's own name or address: 127.0.0.1 or localhost");
        }

        if (credentials.Changes && credentials.Origin is { } origin && !(Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority.Equals(credentials.Host, StringComparison.OrdinalIgnoreCase)))
        {
            return new(403, $"Origin: found {origin}, wanted a page of this silo: {credentials.Host}");
        }

        var role = Role(settings, local, credentials.Authorization);
        return role >= wanted ? null
            : role > AccessRole.None ? new(403, $"found the token of a {Lower(role)}, wanted that of {Article(wanted)}")
            : !settings.Tokens.Any() ? new(401, "this silo is reached from other machines and has no tokens: set Access:ViewerToken, Access:SubmitterToken, Access:OperatorToken")
            : new(401, $"Authorization: found {(credentials.Authorization is null ? "nothing" : "a token that is none of this silo's")}, wanted 'Bearer' with the token of {Article(wanted)}");
    }

    /// <summary>The role of whoever sends that header.</summary>
    public static AccessRole Role(AccessSettings settings, bool local, string? authorization)
    {
        if (!settings.Tokens.Any())
        {
            return local ? AccessRole.Operator : AccessRole.None;
        }

        var found = Encoding.UTF8.GetBytes(authorization?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true ? authorization[Scheme.Length..].Trim() : "");

        // All are compared, each in a time that does not tell how much of it was right.
        return settings.Tokens.Select(t => CryptographicOperations.FixedTimeEquals(found, Encoding.UTF8.GetBytes(t.Token)) ? t.Role : AccessRole.None).ToList().Max();
    }

    private static bool IsLocal(string host)
    {
        var name = host.StartsWith('[') ? host[1..Math.Max(1, host.IndexOf(']', StringComparison.Ordinal))] : host.Split(':')[0];
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address));
    }

    private static string Lower(AccessRole role) => role.ToString().ToLowerInvariant();

    private static string Article(AccessRole role) => role == AccessRole.Operator ? "an operator" : $"a {Lower(role)}";
}
