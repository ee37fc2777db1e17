using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace SmallBatch.Web.Access;

/// <summary>What a provider's token says of its bearer.</summary>
/// <param name="Role">What the bearer may.</param>
/// <param name="Name">Who that is: <c>preferred_username</c>, else <c>sub</c>.</param>
/// <param name="WhyNot">Why the token does not count; null where it does.</param>
internal sealed record OidcBearer(AccessRole Role, string Name, string? WhyNot);

/// <summary>Judges the tokens of an OpenID Connect provider: signed by it, for us, valid now.</summary>
internal sealed class OidcTokens
{
    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };
    private readonly OidcSettings settings;
    private readonly ConfigurationManager<OpenIdConnectConfiguration>? provider;

    public OidcTokens(IOptions<AccessSettings> access, IHttpClientFactory clients)
    {
        settings = access.Value.Oidc;
        if (settings.On)
        {
            var issuer = new Uri(settings.Authority!.TrimEnd('/') + "/");
            var documents = new HttpDocumentRetriever(clients.CreateClient(nameof(OidcTokens))) { RequireHttps = !issuer.IsLoopback };

            // Its keys, fetched once a day, and at a token whose key is not known.
            provider = new(new Uri(issuer, ".well-known/openid-configuration").AbsoluteUri, new OpenIdConnectConfigurationRetriever(), documents);
        }
    }

    /// <summary>Reads a token; null where no provider is set or it is none of a provider's.</summary>
    public async Task<OidcBearer?> ReadAsync(string token, CancellationToken cancellationToken)
    {
        if (provider is null || !handler.CanReadToken(token))
        {
            return null;
        }

        try
        {
            // Kept by the library; asked for here since a token is judged to be nobody's where it cannot be had.
            _ = await provider.GetConfigurationAsync(cancellationToken);
        }
        catch (InvalidOperationException)
        {
            return new(AccessRole.None, "", $"a token, and {settings.Authority} does not say by which keys to judge it");
        }

        var result = await handler.ValidateTokenAsync(token, new() { ConfigurationManager = provider, ValidAudience = settings.Audience, ClockSkew = TimeSpan.FromMinutes(1) });
        if (!result.IsValid)
        {
            return new(AccessRole.None, "", WhyNot(result.Exception));
        }

        var claims = result.ClaimsIdentity;
        var name = claims.FindFirst("preferred_username")?.Value ?? claims.FindFirst("sub")?.Value ?? "somebody without a name";
        var role = settings.RoleOf(claims.FindAll(settings.RoleClaim).Select(c => c.Value));
        return new(role, name, role > AccessRole.None ? null : $"the token of {name}, in which '{settings.RoleClaim}' has none of {settings.ViewerRole}, {settings.SubmitterRole} and {settings.OperatorRole}");
    }

    private string WhyNot(Exception? failure) => failure switch
    {
        SecurityTokenExpiredException => "a token that is over: sign in again",
        SecurityTokenNotYetValidException => "a token that is not valid yet: look at the clocks",
        SecurityTokenInvalidAudienceException => $"a token that is not for {settings.Audience}",
        SecurityTokenInvalidIssuerException or SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidSignatureException => $"a token that {settings.Authority} has not issued",
        _ => "a token that cannot be judged",
    };
}
