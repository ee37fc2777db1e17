using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SmallBatch.Web.Access;

namespace SmallBatch.Web.Tests;

/// <summary>Tokens of an OpenID Connect provider.</summary>
public sealed class OidcTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("smallbatch-viewer", AccessRole.Viewer)]
    [InlineData("smallbatch-submitter", AccessRole.Submitter)]
    [InlineData("smallbatch-operator", AccessRole.Operator)]
    public async Task A_providers_token_has_the_highest_of_its_roles_and_a_name(string role, AccessRole wanted)
    {
        await using var provider = await OidcProvider.StartAsync();
        Assert.Equal(new(wanted, "alice", null), await Tokens(provider).ReadAsync(provider.Issue(["other", role, "smallbatch-viewer"]), Token));
    }

    [Fact]
    public async Task A_token_that_is_over_for_somebody_else_of_somebody_else_changed_or_without_a_role_does_not_count_and_says_why()
    {
        await using var provider = await OidcProvider.StartAsync();
        await using var other = await OidcProvider.StartAsync();
        var tokens = Tokens(provider);
        var good = provider.Issue(["smallbatch-viewer"]);
        await RefusedAsync("a token that is over: sign in again", provider.Issue(["smallbatch-operator"], minutes: -5));
        await RefusedAsync("a token that is not for smallbatch", provider.Issue(["smallbatch-operator"], audience: "another"));
        await RefusedAsync($"a token that {provider.Authority} has not issued", other.Issue(["smallbatch-operator"], issuer: provider.Authority));
        await RefusedAsync($"a token that {provider.Authority} has not issued", provider.Issue(["smallbatch-operator"], issuer: "http://127.0.0.1:1"));
        await RefusedAsync($"a token that {provider.Authority} has not issued", $"{good[..(good.LastIndexOf('.') + 1)]}{good[(good.LastIndexOf('.') + 1)..].ToCharArray().Reverse().Aggregate("", (text, c) => text + c)}");
        await RefusedAsync("the token of alice, in which 'roles' has none of smallbatch-viewer, smallbatch-submitter and smallbatch-operator", provider.Issue(["nothing"]));
        Assert.Null(await tokens.ReadAsync("no-token-of-a-provider", Token));
        Assert.Null(await tokens.ReadAsync("", Token));

        // Unsigned, as nobody may.
        await RefusedAsync($"a token that {provider.Authority} has not issued", $"eyJhbGciOiJub25lIn0.{good.Split('.')[1]}.");

        async Task RefusedAsync(string why, string token)
        {
            var bearer = (await tokens.ReadAsync(token, Token))!;
            Assert.Equal((AccessRole.None, why), (bearer.Role, bearer.WhyNot));
        }
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_lets_nobody_in()
    {
        var provider = await OidcProvider.StartAsync();
        var (tokens, token, authority) = (Tokens(provider), provider.Issue(["smallbatch-viewer"]), provider.Authority);
        await provider.DisposeAsync();
        Assert.Equal($"a token, and {authority} does not say by which keys to judge it", (await tokens.ReadAsync(token, Token))!.WhyNot);
    }

    [Fact]
    public async Task A_silo_takes_the_providers_tokens_beside_its_own_and_its_audit_log_says_who_did_what()
    {
        await using var provider = await OidcProvider.StartAsync();
        await using var silo = await WebSilo.StartAsync($"--Access:Oidc:Authority={provider.Authority}", "--Access:Oidc:Audience=smallbatch", "--Access:OperatorToken=operator-token-01");
        var (submitter, viewer) = (provider.Issue(["smallbatch-submitter"]), provider.Issue(["smallbatch-viewer"]));
        Assert.Equal(HttpStatusCode.Unauthorized, (await silo.SendAsync(HttpMethod.Get, "api/v1/sweeps")).Status);
        Assert.Equal(HttpStatusCode.OK, (await silo.SendAsync(HttpMethod.Get, "api/v1/sweeps", token: viewer)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await silo.SendAsync(HttpMethod.Post, "api/v1/sweeps", WebSilo.Spec, token: viewer)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await silo.SendAsync(HttpMethod.Post, "api/v1/sweeps", "name: odd", token: submitter)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await silo.SendAsync(HttpMethod.Post, "api/v1/pool/hosts/silo-1/drain", token: submitter)).Status);
        Assert.Equal(HttpStatusCode.OK, (await silo.SendAsync(HttpMethod.Post, "api/v1/pool/hosts/silo-1/drain", token: "operator-token-01")).Status);
        Logged("POST /api/v1/sweeps from 127.0.0.1 was refused: found the token of a viewer, wanted that of a submitter");
        Logged("alice by HTTP from 127.0.0.1: Submit on sweep/odd: refused");
        Logged("operator by HTTP from 127.0.0.1: Drain silo-1 on gpu-pool/default: done");
        Assert.DoesNotContain(silo.LogLines(), l => l.Contains(submitter, StringComparison.Ordinal) || l.Contains("operator-token-01", StringComparison.Ordinal));

        void Logged(string line) => Assert.Contains(silo.LogLines(), l => l.Contains(line, StringComparison.Ordinal));
    }

    [Fact]
    public void Settings_say_what_is_wrong()
    {
        Assert.Equal(2, Errors(new() { Authority = "http://login.example.org" }).Count());
        Assert.Empty(Errors(new() { Authority = "https://login.example.org", Audience = "smallbatch" }));
        Assert.Empty(Errors(new()));

        static IEnumerable<string> Errors(OidcSettings oidc)
        {
            var settings = new AccessSettings { Oidc = oidc };
            return settings.Validate(new ValidationContext(settings)).Select(e => e.ErrorMessage!);
        }
    }

    private static OidcTokens Tokens(OidcProvider provider) => new(
        Options.Create(new AccessSettings { Oidc = new() { Authority = provider.Authority, Audience = "smallbatch" } }),
        new ServiceCollection().AddHttpClient().BuildServiceProvider().GetRequiredService<IHttpClientFactory>());
}
