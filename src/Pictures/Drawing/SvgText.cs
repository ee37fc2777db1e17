using System.Globalization;
using System.Xml.Linq;

namespace SmallBatch.Pictures.Drawing;

/// <summary>
/// Skia writes the place of each letter by the font that it drew with, and ids that repeat from picture to picture. Here a text
/// says how wide it is instead, so that it fits in whatever font the reader has, and ids are the picture's own: several may
/// stand in one page.
/// </summary>
internal static class SvgText
{
    private const string Families = "Noto Sans, DejaVu Sans, Verdana, Arial, sans-serif";
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>The picture as one that any viewer and any page shows alike.</summary>
    public static string Portable(string svg, string id, string description)
    {
        var root = XDocument.Parse(svg).Root!;
        root.SetAttributeValue("viewBox", $"0 0 {root.Attribute("width")!.Value} {root.Attribute("height")!.Value}");
        root.SetAttributeValue("role", "img");
        root.SetAttributeValue("font-family", Families);
        root.AddFirst(new XElement(Svg + "desc", description));
        foreach (var text in root.Descendants(Svg + "text"))
        {
            Stretch(text);
        }

        // Skia counts clips over the life of a process.
        var ids = root.Descendants().Attributes("id").Select((a, i) => (Old: a.Value, New: $"{id}-{i}")).ToList();
        foreach (var attribute in root.DescendantsAndSelf().SelectMany(e => e.Attributes()).Where(a => a.Name == "id" || a.Value.StartsWith('#') || a.Value.StartsWith("url(#", StringComparison.Ordinal)))
        {
            var (old, its) = ids.Find(i => attribute.Value == i.Old || attribute.Value == $"#{i.Old}" || attribute.Value == $"url(#{i.Old})");
            attribute.Value = old is null ? attribute.Value : attribute.Value.Replace(old, its, StringComparison.Ordinal);
        }

        return root.ToString(SaveOptions.None).ReplaceLineEndings("\n") + "\n";
    }

    private static void Stretch(XElement text)
    {
        var content = text.Value.Trim();
        var size = float.Parse(text.Attribute("font-size")!.Value, CultureInfo.InvariantCulture);
        var width = PictureFont.Width(content, size, text.Attribute("font-weight") is not null);
        text.Value = content;
        text.SetAttributeValue("font-family", null);
        text.SetAttributeValue("x", First(text, "x"));
        text.SetAttributeValue("y", First(text, "y"));
        text.SetAttributeValue("textLength", width.ToString("0.##", CultureInfo.InvariantCulture));
        text.SetAttributeValue("lengthAdjust", "spacingAndGlyphs");
    }

    private static string First(XElement text, string name) => text.Attribute(name)!.Value.Split(',')[0].Trim();
}
