using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace SmallBatch.Web.Tests;

/// <summary>An OpenID Connect provider, as far as a program that judges its tokens sees it: its description, its keys, and the tokens.</summary>
internal sealed class OidcProvider : IAsyncDisposable
{
    private readonly WebApplication app;
    private ECDsaSecurityKey key = NewKey();

    private OidcProvider(WebApplication app) => this.app = app;

    /// <summary>Its issuer.</summary>
    public string Authority => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static async Task<OidcProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var provider = new OidcProvider(app);
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = provider.Authority, jwks_uri = $"{provider.Authority}/keys" }));
        app.MapGet("/keys", () =>
        {
            var shown = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new(ECDsa.Create(provider.key.ECDsa.ExportParameters(includePrivateParameters: false))) { KeyId = provider.key.KeyId });
            return Results.Text(JsonSerializer.Serialize(new { keys = new[] { new { kty = shown.Kty, crv = shown.Crv, x = shown.X, y = shown.Y, kid = shown.KeyId, use = "sig", alg = "ES256" } } }), "application/json");
        });
        await app.StartAsync();
        return provider;
    }

    /// <summary>Signs with another key from now on.</summary>
    public void ChangeKey() => key = NewKey();

    /// <summary>A token of somebody with roles.</summary>
    public string Issue(string[] roles, string audience = "smallbatch", int minutes = 5, string? issuer = null) => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = issuer ?? Authority,
        Audience = audience,
        Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(minutes),
        Subject = new ClaimsIdentity([new("sub", "17"), new("preferred_username", "alice"), .. roles.Select(r => new Claim("roles", r))]),
        SigningCredentials = new(key, SecurityAlgorithms.EcdsaSha256),
    });

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static ECDsaSecurityKey NewKey() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = Guid.NewGuid().ToString("N") };
}
