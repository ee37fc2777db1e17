using System.Xml.Linq;
using SkiaSharp;
using SmallBatch.Contracts.Results;
using SmallBatch.Pictures;
using SmallBatch.Pictures.Drawing;

namespace SmallBatch.Client.Tests.Pictures;

public sealed class PictureTests
{
    private static readonly PictureKind[] FromScores = [PictureKind.HeatMap, PictureKind.Accuracy, PictureKind.Best, PictureKind.Ranges];

    public static TheoryData<string> Sets => GoldenSweep.Names;

    /// <summary>
    /// SMALLBATCH_DRAW_GOLDEN names a folder for what is drawn now, whole to look at and shrunk to be stored. Tolerant: both pictures are averaged over squares of 20 pixels, so that another version's smoothing of edges does not
    /// count, and another colour, line, number or label does.
    /// </summary>
    [Theory]
    [MemberData(nameof(Sets))]
    public void A_known_sweeps_pictures_are_those_that_were_looked_at(string name)
    {
        var drawn = SweepPictures.Of([GoldenSweep.Load(name)], FromScores).Pictures;
        Assert.Equal(name == "all-diverged" ? [PictureKind.HeatMap, PictureKind.Accuracy] : FromScores, drawn.Select(p => p.Kind));
        foreach (var picture in drawn)
        {
            var png = picture.Png();
            var golden = Path.Combine(GoldenSweep.Folder, "Pictures", $"{name}-{picture.Name}.png");
            if (Environment.GetEnvironmentVariable("SMALLBATCH_DRAW_GOLDEN") is { Length: > 0 } folder)
            {
                File.WriteAllBytes(Path.Combine(folder, Path.GetFileName(golden)), PictureComparison.Shrunk(png));
                File.WriteAllBytes(Path.Combine(folder, $"whole-{Path.GetFileName(golden)}"), png);
                continue;
            }

            Assert.True(File.Exists(golden), $"found no {golden}");
            var distance = PictureComparison.LargestDistance(PictureComparison.Shrunk(png), File.ReadAllBytes(golden));
            Assert.True(distance < 12, $"{name}-{picture.Name}: a square differs by {distance:F1} of 255");
        }
    }

    [Fact]
    public void Another_number_in_one_cell_is_another_picture()
    {
        string[] rows = ["grid,2,2^-9,0.500 0.510", "grid,2,2^-7,0.610 0.630", "grid,8,2^-9,0.500 0.510", "grid,8,2^-7,0.61 0.60"];
        byte[] Draw(string[] of) => PictureComparison.Shrunk(SweepPictures.Of([GoldenSweep.Of(of, "")], [PictureKind.HeatMap]).Pictures[0].Png());
        Assert.Equal(0, PictureComparison.LargestDistance(Draw(rows), Draw(rows)));
        Assert.True(PictureComparison.LargestDistance(Draw(rows), Draw([.. rows[..3], "grid,8,2^-7,0.58 0.58"])) > 12);
    }

    /// <summary>The paper's eleven batch sizes.</summary>
    [Fact]
    public void Lines_are_told_apart_by_their_points_without_any_colour() =>
        Assert.Equal(11, Enumerable.Range(0, 11).Select(i => SeriesStyle.Of(i, 11).Marker).Distinct().Count());

    [Fact]
    public void An_svg_has_the_same_bytes_each_time_and_needs_nothing_from_elsewhere()
    {
        string[] svgs = [.. Enumerable.Range(0, 2).Select(_ => string.Concat(SweepPictures.Of([GoldenSweep.Load("tie")], FromScores).Pictures.Select(p => p.Svg())))];
        Assert.Equal(svgs[0], svgs[1]);
        var picture = XDocument.Parse(SweepPictures.Of([GoldenSweep.Load("tie")], [PictureKind.Best]).Pictures[0].Svg());
        var texts = picture.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToList();
        Assert.Contains("batch size m, images (log₂ scale)", texts);
        Assert.Contains("test accuracy, %", texts);
        Assert.Contains("32", texts);
        Assert.DoesNotContain(picture.Descendants().Attributes(), a => a.Name.LocalName == "href" && !a.Value.StartsWith('#') && !a.Value.StartsWith("data:", StringComparison.Ordinal));
    }

    [Fact]
    public void Ids_of_two_pictures_never_meet_in_one_page()
    {
        var ids = SweepPictures.Of([GoldenSweep.Load("tie"), GoldenSweep.Load("unreliable")], FromScores).Pictures
            .Select(p => XDocument.Parse(p.Svg()).Descendants().Attributes("id").Select(a => a.Value).ToList()).ToList();
        Assert.Contains(ids, i => i.Count > 0);
        Assert.Equal(ids.Sum(i => i.Distinct().Count()), ids.SelectMany(i => i).Distinct().Count());
    }

    [Fact]
    public void The_boundary_of_divergence_stands_where_seeds_diverge_and_nowhere_else()
    {
        string[] rows = ["grid,2,2^-9,0.5 0.5", "grid,2,2^-7,0.6 0.6", "grid,8,2^-9,0.5 0.5", "grid,8,2^-7,0.6 0.6"];
        static int Thick(string[] of) => XDocument.Parse(SweepPictures.Of([GoldenSweep.Of(of, "")], [PictureKind.HeatMap]).Pictures[0].Svg())
            .Descendants().Attributes("stroke-width").Count(a => a.Value == "4");
        Assert.Equal(0, Thick(rows));
        Assert.Equal(2, Thick([.. rows[..3], "grid,8,2^-7,0.6 d9"]));
    }

    [Fact]
    public void Numbers_that_are_not_finite_leave_a_gap_and_no_error()
    {
        CurvePoint[] curve = [new(1, 10, 1, 0.5, 1, 0.5, null), new(2, 20, double.NaN, double.NaN, double.NaN, double.NaN, null), new(3, 30, 1, 0.5, 1, 0.7, null)];
        var results = GoldenSweep.Of(["grid,2,2^-9,0.5 0.5", "grid,2,2^-7,0.6 0.6"], "", with: r => r with { Curve = curve, UpdateVariance = [new(0, 2, double.PositiveInfinity), new(0, 4, 1), new(0, 8, null)] });
        var (pictures, notDrawn) = SweepPictures.Of([results], Enum.GetValues<PictureKind>());
        Assert.Contains(pictures, p => p.Kind == PictureKind.Epochs);
        Assert.All(pictures, p => Assert.DoesNotContain("NaN", p.Svg(), StringComparison.Ordinal));
        Assert.Contains(notDrawn, n => n.Kind == PictureKind.Variance);
    }

    [Fact]
    public void What_cannot_be_drawn_says_what_is_missing()
    {
        var (pictures, notDrawn) = SweepPictures.Of([GoldenSweep.Load("all-diverged")], Enum.GetValues<PictureKind>());
        Assert.Equal([PictureKind.HeatMap, PictureKind.Accuracy], pictures.Select(p => p.Kind));
        Assert.Equal(Enum.GetValues<PictureKind>().Except([PictureKind.HeatMap, PictureKind.Accuracy]).Order(), notDrawn.Select(n => n.Kind).Order());
        Assert.All(notDrawn, n => Assert.NotEmpty(n.Reason));
    }

    [Fact]
    public void A_variance_proportional_to_m_has_slope_one()
    {
        // Var(g) = 3/b, so the update's is η̃²·b²·3/b.
        var results = GoldenSweep.Of(["grid,2,2^-9,0.5 0.5"], "", with: r => r with { UpdateVariance = [.. new[] { 2, 8, 32 }.Select(b => new VariancePoint(0, b, 3.0 / b))] });
        var svg = SweepPictures.Of([results], [PictureKind.Variance]).Pictures.Single().Svg();
        Assert.Contains("slope 1.00", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_pixel_is_drawn_in_a_png_of_the_promised_size()
    {
        using var image = SKBitmap.Decode(SweepPictures.Of([GoldenSweep.Load("tie")], [PictureKind.Ranges]).Pictures[0].Png());
        Assert.Equal((1840, 1120), (image.Width, image.Height));
        Assert.Equal(SKColors.White, image.GetPixel(0, 0));
    }
}
