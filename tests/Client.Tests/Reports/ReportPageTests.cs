using System.Text.RegularExpressions;
using System.Xml.Linq;
using SmallBatch.Contracts.Results;
using SmallBatch.Reports;

namespace SmallBatch.Client.Tests.Reports;

public sealed partial class ReportPageTests
{
    public static TheoryData<string> Sets => GoldenSweep.Names;

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_page_of_any_sweep_is_whole_and_needs_no_network(string name)
    {
        var results = GoldenSweep.Load(name);
        var page = ReportPage.Write([results], mixed: false);
        Assert.Equal(page, ReportPage.Write([results], mixed: false));
        Assert.Contains(System.Net.WebUtility.HtmlEncode(results.Analysis.Sentence), page, StringComparison.Ordinal);
        Assert.All(results.Analysis.Warnings, w => Assert.Contains(System.Net.WebUtility.HtmlEncode(w), page, StringComparison.Ordinal));

        // But for what HTML leaves open it is XML too, so that nothing in it is left open.
        var body = XDocument.Parse(page[page.IndexOf("<body>", StringComparison.Ordinal)..page.IndexOf("</html>", StringComparison.Ordinal)].Replace("<br>", "<br/>", StringComparison.Ordinal));
        Assert.DoesNotContain(body.Descendants().Attributes(), a => a.Name.LocalName is "src" or "href" && !a.Value.StartsWith('#') && !a.Value.StartsWith("data:", StringComparison.Ordinal));
        Assert.Equal(11, body.Descendants("table").First().Elements("tr").Count());
        Assert.DoesNotMatch(Elsewhere(), page);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Warnings_stand_before_the_answer()
    {
        var results = GoldenSweep.Load("unreliable");
        var page = ReportPage.Write([results], mixed: false);
        Assert.InRange(page.IndexOf("it cannot be the best.", StringComparison.Ordinal), 1, page.IndexOf("class=\"answer\"", StringComparison.Ordinal));
    }

    [Fact]
    public void A_sweep_that_is_not_finished_says_how_much_is_there_and_what_may_change()
    {
        var page = ReportPage.Write([GoldenSweep.Load("missing-cell")], mixed: false);
        Assert.Contains("5 of 9 configurations are complete; the answer may still change.", page, StringComparison.Ordinal);
        Assert.Contains("m = 8: 1 cell of the grid is missing: its best η̃, its range and everything that rests on them may change.", System.Net.WebUtility.HtmlDecode(page), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_looks_like_markup_stays_text()
    {
        var results = GoldenSweep.Of(["grid,2,2^-9,0.5 0.5"], "# <script>alert(1)</script>\n");
        Assert.DoesNotContain("<script", ReportPage.Write([results], mixed: false), StringComparison.Ordinal);
    }

    [Fact]
    public void Sweeps_of_different_numerics_classes_are_pooled_only_on_request()
    {
        var (one, other) = (GoldenSweep.Load("tie"), GoldenSweep.Load("clear-winner"));
        SweepResults On(SweepResults results, string? numerics) => results with { Sweep = results.Sweep with { NumericsClass = numerics } };
        Assert.Null(NumericsClasses.Refusal([On(one, "a"), On(other, "a")]));
        Assert.Null(NumericsClasses.Refusal([On(one, "a"), On(other, null)]));
        Assert.Contains("tie: a; clear-winner: b", NumericsClasses.Refusal([On(one, "a"), On(other, "b")]), StringComparison.Ordinal);
        Assert.Contains("These sweeps are of different numerics classes", ReportPage.Write([On(one, "a"), On(other, "b")], mixed: true), StringComparison.Ordinal);
    }

    [GeneratedRegex("""https?://(?!www\.w3\.org/)""")]
    private static partial Regex Elsewhere();
}
