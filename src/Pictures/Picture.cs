using ScottPlot;
using SmallBatch.Pictures.Drawing;

namespace SmallBatch.Pictures;

/// <summary>One drawn picture.</summary>
public sealed class Picture
{
    private const int Width = 920, Height = 560, PngScale = 2;
    private readonly Plot plot;

    internal Picture(PictureKind kind, string sweep, string caption, Plot plot)
    {
        (Kind, Sweep, Caption, this.plot) = (kind, sweep, caption, plot);
    }

    /// <summary>What it shows.</summary>
    public PictureKind Kind { get; }

    /// <summary>The sweep that it is of; several are joined by '+'.</summary>
    public string Sweep { get; }

    /// <summary>What its marks mean, in sentences.</summary>
    public string Caption { get; }

    /// <summary>Its file's name without an ending: <c>heat-map</c>.</summary>
    public string Name => PictureKinds.Name(Kind);

    /// <summary>As SVG, the same bytes each time; text stays text, in any sans-serif font.</summary>
    public string Svg()
    {
        plot.ScaleFactor = 1;
        return SvgText.Portable(plot.GetSvgXml(Width, Height), $"{Sweep}-{Name}", Caption);
    }

    /// <summary>As PNG, 1840 × 1120 pixels.</summary>
    public byte[] Png()
    {
        plot.ScaleFactor = PngScale;
        using var image = plot.GetImage(Width * PngScale, Height * PngScale);
        return image.GetImageBytes(ImageFormat.Png);
    }
}
