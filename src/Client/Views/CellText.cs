using System.Globalization;
using System.Text;
using Spectre.Console.Rendering;

namespace SmallBatch.Client.Views;

/// <summary>Text in a terminal's cells: a letter takes one of them, an accent none, some signs two.</summary>
internal static class CellText
{
    /// <summary>How many cells a line takes.</summary>
    public static int Width(string line) => Ascii.IsValid(line) ? line.Length : new Segment(line).CellCount();

    /// <summary>The lines of a text, none wider than <paramref name="width"/>: broken between words, and within a word that is wider by itself.</summary>
    public static IReadOnlyList<string> Lines(string text, int width) =>
        text.Contains('\n', StringComparison.Ordinal) ? [.. text.Split('\n').SelectMany(l => Lines(l, width))] : Width(text) <= width ? [text] : Broken(text, width);

    private static List<string> Broken(string text, int width)
    {
        var (lines, line) = (new List<string>(), "");
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(w => Pieces(w, width)))
        {
            if (line.Length > 0 && Width(line) + 1 + Width(word) > width)
            {
                lines.Add(line);
                line = "";
            }

            line += line.Length > 0 ? $" {word}" : word;
        }

        lines.Add(line);
        return lines;
    }

    private static IEnumerable<string> Pieces(string word, int width)
    {
        var piece = "";
        foreach (var letter in Letters(word))
        {
            if (Width(piece) + Width(letter) > width)
            {
                yield return piece;
                piece = "";
            }

            piece += letter;
        }

        yield return piece;
    }

    private static IEnumerable<string> Letters(string word)
    {
        for (var letters = StringInfo.GetTextElementEnumerator(word); letters.MoveNext();)
        {
            yield return letters.GetTextElement();
        }
    }
}
