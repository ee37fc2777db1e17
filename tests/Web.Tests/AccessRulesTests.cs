using System.ComponentModel.DataAnnotations;
using SmallBatch.Web.Access;

namespace SmallBatch.Web.Tests;

public sealed class AccessRulesTests
{
    private const string Viewer = "viewer-token-0123", Submitter = "submitter-token-0", Operator = "operator-token-01";
    private static readonly AccessSettings Tokens = new() { ViewerToken = Viewer, SubmitterToken = Submitter, OperatorToken = Operator };

    [Theory]
    [InlineData(Viewer, AccessRole.Viewer)]
    [InlineData(Submitter, AccessRole.Submitter)]
    [InlineData(Operator, AccessRole.Operator)]
    public void A_token_opens_what_its_role_may_and_nothing_more(string token, AccessRole role)
    {
        foreach (var wanted in new[] { AccessRole.Viewer, AccessRole.Submitter, AccessRole.Operator })
        {
            Assert.Equal(wanted <= role ? null : 403, Judge(Tokens, $"Bearer {token}", wanted)?.Status);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer ")]
    [InlineData("Bearer viewer-token-012")]
    [InlineData("Bearer viewer-token-01234")]
    [InlineData("Basic viewer-token-0123")]
    [InlineData("viewer-token-0123")]
    public void Without_a_token_of_this_silo_nothing_is_open_though_it_asks_from_this_machine(string? header) =>
        Assert.Equal(401, Judge(Tokens, header, AccessRole.Viewer, local: true)?.Status);

    [Fact]
    public void Without_any_token_set_everything_is_open_on_this_machine_and_nothing_elsewhere()
    {
        Assert.Null(Judge(new(), null, AccessRole.Operator, local: true));
        Assert.Equal(401, Judge(new(), null, AccessRole.Viewer, local: false)?.Status);
        Assert.Contains("Access:ViewerToken", Judge(new(), "Bearer ", AccessRole.Viewer, local: false)!.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:8080", true)]
    [InlineData("127.0.0.1:8080", true)]
    [InlineData("[::1]:8080", true)]
    [InlineData("evil.example", false)]
    [InlineData("127.0.0.1.evil.example:8080", false)]
    [InlineData("", false)]
    [InlineData("[", false)]
    public void Where_no_token_is_asked_for_a_name_that_leads_here_from_elsewhere_is_refused(string host, bool taken) =>
        Assert.Equal(taken, AccessRules.Judge(new(), true, new(null, host, null, false), AccessRole.Viewer) is null);

    [Theory]
    [InlineData(null, true)]
    [InlineData("http://localhost:8080", true)]
    [InlineData("http://localhost:9090", false)]
    [InlineData("http://evil.example", false)]
    [InlineData("null", false)]
    public void A_page_of_another_site_changes_nothing(string? origin, bool taken)
    {
        Assert.Equal(taken, AccessRules.Judge(new(), true, new(null, "localhost:8080", origin, Changes: true), AccessRole.Submitter) is null);
        Assert.Equal(taken, AccessRules.Judge(Tokens, false, new($"Bearer {Operator}", "localhost:8080", origin, Changes: true), AccessRole.Submitter) is null);
    }

    [Fact]
    public void Settings_say_what_is_wrong_and_never_the_secret()
    {
        var settings = new AccessSettings { ViewerToken = "short-secret", SubmitterToken = "with space in the secret", OperatorToken = "short-secret" };
        var errors = settings.Validate(new ValidationContext(settings)).Select(e => e.ErrorMessage!).ToList();
        Assert.Equal(4, errors.Count);
        Assert.DoesNotContain(errors, e => e.Contains("secret", StringComparison.Ordinal));
        Assert.Empty(Tokens.Validate(new ValidationContext(Tokens)));
    }

    private static Refusal? Judge(AccessSettings settings, string? header, AccessRole wanted, bool local = false) => AccessRules.Judge(settings, local, new(header, "localhost:8080", null, false), wanted);
}
