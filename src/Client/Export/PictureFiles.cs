using SmallBatch.Pictures;

namespace SmallBatch.Client.Export;

/// <summary>A picture as files: <c>SWEEP-KIND.svg</c> and <c>SWEEP-KIND.png</c>.</summary>
internal static class PictureFiles
{
    /// <summary>Longest name of several sweeps together; a file's name has a limit.</summary>
    private const int LongestName = 120;

    /// <summary>Writes both, each complete or not at all. Answers the full path of the SVG, and the other ending.</summary>
    public static string Write(Picture picture, string folder)
    {
        var sweep = picture.Sweep.Length <= LongestName ? picture.Sweep : $"{picture.Sweep[..LongestName]}…";
        var path = Path.Combine(Path.GetFullPath(folder), $"{sweep}-{picture.Name}");
        ResultFiles.Replace($"{path}.svg", partial => File.WriteAllText(partial, picture.Svg()));
        ResultFiles.Replace($"{path}.png", partial => File.WriteAllBytes(partial, picture.Png()));
        return $"{path}.svg, .png";
    }
}
