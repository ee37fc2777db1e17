using System.Security.Cryptography;
using System.Text;
using SmallBatch.Contracts.Results;
using SmallBatch.Pictures;
using SmallBatch.Reports.Claims;

namespace SmallBatch.Reports;

/// <summary>
/// One HTML page over one sweep or several, without anything from elsewhere: warnings, answers, the paper's claims, the
/// evidence, the pictures. A pure function of the results.
/// </summary>
public static class ReportPage
{
    private const string Style = """
        body { font: 16px/1.5 "Noto Sans", "DejaVu Sans", Verdana, Arial, sans-serif; color: #222; max-width: 1000px; margin: 2em auto; padding: 0 1em; }
        h1, h2, h3 { line-height: 1.25; font-weight: 600; } h2 { margin-top: 2em; border-bottom: 1px solid #ccc; }
        .answer { font-size: 1.15em; } .warnings { border-left: 6px solid #B25D00; background: #FFF6E8; padding: .5em 1em; }
        .wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .88em; margin: .5em 0; }
        th, td { text-align: left; vertical-align: top; padding: .3em .6em; border-bottom: 1px solid #ddd; } th { font-weight: 600; white-space: nowrap; }
        .verdict { font-weight: 600; white-space: nowrap; } .confirmed::before { content: "✓ "; } .contradicted::before { content: "✗ "; } .untested::before { content: "? "; }
        .confirmed { color: #0B5A8A; } .contradicted { color: #A33A00; } .untested { color: #555; }
        .marks { font-size: .88em; color: #444; } figure { margin: 1.5em 0; } figure svg { width: 100%; height: auto; } figcaption { font-size: .9em; color: #444; }
        @media print { body { max-width: none; } figure { break-inside: avoid; } }
        """;

    /// <summary>The page's Content-Security-Policy where it is served: its own style, pictures within it, and nothing else.</summary>
    public static string Policy { get; } = $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"\n{Style}\n")))}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The page. <paramref name="mixed"/> where sweeps of different numerics classes are taken together on request.</summary>
    public static string Write(IReadOnlyList<SweepResults> sweeps, bool mixed)
    {
        ArgumentNullException.ThrowIfNull(sweeps);
        var evidence = sweeps.Select(s => new SweepEvidence(s)).ToList();
        var (pictures, notDrawn) = SweepPictures.Of(sweeps, Enum.GetValues<PictureKind>());
        var names = string.Join(", ", evidence.Select(e => e.Name));
        var page = new HtmlText().Raw($"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{HtmlText.Encode($"SmallBatch: {names}")}</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n");
        page.Element("h1", $"Which batch size is best? {names}");
        Warnings(page, evidence, mixed);
        foreach (var sweep in evidence)
        {
            page.Element("p", (evidence.Count > 1 ? $"{sweep.Name}: " : "") + sweep.Results.Analysis.Sentence, "answer");
        }

        Claims(page, PaperClaims.Judge(sweeps));
        if (evidence.Count > 1)
        {
            page.Element("h2", "All sweeps together");
            Figures(page, pictures.Where(p => p.Sweep.Contains('+', StringComparison.Ordinal)));
        }

        foreach (var sweep in evidence)
        {
            page.Element("h2", sweep.Name);
            page.Table(SweepTables.BatchSizes(sweep), header: true);
            page.Element("p", "* best, = cannot be told from it at 5 %. Means over the fresh seeds where there are some, else over those of the grid that selected each η̃. From best: points to the best of the others, 95 % for all rows together.", "marks");
            Figures(page, pictures.Where(p => p.Sweep == sweep.Name));
            page.Element("h3", "Evidence");
            page.Table(SweepTables.Facts(sweep).Select(f => new[] { f.Item1, f.Item2 }), header: false);
            page.Raw($"<details><summary>The specification</summary><pre>{HtmlText.Encode(sweep.Results.Sweep.SpecText)}</pre></details>\n");
        }

        page.Element("h2", "Not drawn");
        page.List(notDrawn.Select(n => $"{n.Sweep}, {PictureKinds.Name(n.Kind)}: {n.Reason}."));
        return page.Raw("</body>\n</html>\n").ToString();
    }

    private static void Warnings(HtmlText page, List<SweepEvidence> sweeps, bool mixed)
    {
        var warnings = sweeps.SelectMany(s => s.Results.Analysis.Warnings.Concat(Unfinished.Of(s.Results)).Select(w => sweeps.Count > 1 ? $"{s.Name}: {w}" : w)).ToList();
        if (mixed && NumericsClasses.Refusal([.. sweeps.Select(s => s.Results)]) is not null)
        {
            warnings.Insert(0, "These sweeps are of different numerics classes: a difference between two of them may be one of hardware or versions.");
        }

        if (warnings.Count > 0)
        {
            page.Raw("<section class=\"warnings\">\n").Element("strong", "What limits the answer").List(warnings).Raw("</section>\n");
        }
    }

    private static void Claims(HtmlText page, IReadOnlyList<ClaimReport> claims)
    {
        page.Element("h2", "The paper's claims");
        page.Element("p", "Masters and Luschi 2018. A claim is confirmed or contradicted here, for what was trained here, and only by a difference that the seeds show; else it is untested.");
        page.Raw("<div class=\"wide\"><table>\n<tr><th></th><th>claim</th><th>here</th><th>why</th></tr>\n");
        foreach (var claim in claims)
        {
            var verdict = claim.Verdict.ToString().ToLowerInvariant();
            var reasons = claim.Findings.Where(f => f.Verdict != Verdict.Untested || claim.Verdict == Verdict.Untested).Select(f => $"{(f.Sweeps.Length > 0 ? $"{f.Sweeps}: " : "")}{(claim.Findings.Count > 1 && f.Verdict != claim.Verdict ? $"{f.Verdict.ToString().ToLowerInvariant()}, " : "")}{f.Reason}.");
            page.Raw($"<tr><td>{claim.Number}</td><td>{HtmlText.Encode(claim.Claim)}</td><td class=\"verdict {verdict}\">{verdict}</td><td>{string.Join("<br>", reasons.Select(HtmlText.Encode))}</td></tr>\n");
        }

        page.Raw("</table></div>\n");
    }

    private static void Figures(HtmlText page, IEnumerable<Picture> pictures)
    {
        foreach (var picture in pictures)
        {
            page.Raw($"<figure>\n{picture.Svg()}<figcaption>{HtmlText.Encode(picture.Caption)}</figcaption>\n</figure>\n");
        }
    }
}
