using ScottPlot;

namespace SmallBatch.Pictures.Drawing;

/// <summary>
/// How a line of several looks. Colours go from dark to light in one direction, so that they stay apart for every kind of
/// colour vision and in grey; the shapes of the points tell them apart without any colour, and also in SVG, where Skia draws every
/// line unbroken.
/// </summary>
/// <param name="Color">Colour of line and marker.</param>
/// <param name="Marker">Shape of its points.</param>
internal sealed record SeriesStyle(Color Color, MarkerShape Marker)
{
    /// <summary>Viridis ends in a yellow that white paper swallows.</summary>
    private const double Lightest = 0.82;
    private static readonly ScottPlot.Colormaps.Viridis Colours = new();
    private static readonly MarkerShape[] Markers =
    [
        MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond, MarkerShape.FilledTriangleDown,
        MarkerShape.OpenCircle, MarkerShape.OpenSquare, MarkerShape.OpenTriangleUp, MarkerShape.OpenDiamond, MarkerShape.OpenTriangleDown,
        MarkerShape.Eks, MarkerShape.Cross, MarkerShape.Asterisk,
    ];

    /// <summary>The style of number <paramref name="index"/> of <paramref name="count"/>, from 0.</summary>
    public static SeriesStyle Of(int index, int count) =>
        new(Colours.GetColor(count < 2 ? 0.15 : Lightest * index / (count - 1)), Markers[index % Markers.Length]);
}
