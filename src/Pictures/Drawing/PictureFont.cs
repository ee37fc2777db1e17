using ScottPlot;
using SkiaSharp;

namespace SmallBatch.Pictures.Drawing;

/// <summary>
/// The one font of every picture, from this assembly: what is drawn does not depend on the fonts of a machine, which may have
/// none.
/// </summary>
internal sealed class PictureFont : IFontResolver
{
    /// <summary>Its family's name.</summary>
    public const string Name = "Noto Sans";

    private static readonly SKTypeface Regular = Load("Regular.ttf");
    private static readonly SKTypeface Bold = Load("Bold.ttf");

    static PictureFont()
    {
        Fonts.FontResolvers.Insert(0, new PictureFont());
        Fonts.Default = Name;
        Fonts.Sans = Name;
        Fonts.Serif = Name;
        Fonts.Monospace = Name;
    }

    /// <summary>Makes ScottPlot use it; once is enough.</summary>
    public static void Install() => System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(PictureFont).TypeHandle);

    /// <summary>Width of a text, pixels.</summary>
    public static float Width(string text, float size, bool bold)
    {
        using var font = new SKFont(bold ? Bold : Regular, size);
        return font.MeasureText(text);
    }

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => weight >= FontWeight.SemiBold ? Bold : Regular;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => bold ? Bold : Regular;

    private static SKTypeface Load(string resource)
    {
        using var stream = typeof(PictureFont).Assembly.GetManifestResourceStream(resource)!;
        using var data = SKData.Create(stream);
        return SKTypeface.FromData(data);
    }
}
