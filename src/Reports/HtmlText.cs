using System.Net;
using System.Text;

namespace SmallBatch.Reports;

/// <summary>HTML, every text encoded.</summary>
internal sealed class HtmlText
{
    private readonly StringBuilder text = new();

    /// <summary>An element with a text.</summary>
    public HtmlText Element(string name, string content, string? type = null) => Raw($"<{name}{(type is null ? "" : $" class=\"{type}\"")}>{Encode(content)}</{name}>\n");

    /// <summary>What is HTML already.</summary>
    public HtmlText Raw(string html)
    {
        text.Append(html);
        return this;
    }

    /// <summary>A list of sentences.</summary>
    public HtmlText List(IEnumerable<string> items)
    {
        Raw("<ul>\n");
        foreach (var item in items)
        {
            Element("li", item);
        }

        return Raw("</ul>\n");
    }

    /// <summary>A table; the first row is its header where <paramref name="header"/> says so, else the first column.</summary>
    public HtmlText Table(IEnumerable<string[]> rows, bool header)
    {
        Raw("<div class=\"wide\"><table>\n");
        var isFirst = true;
        foreach (var row in rows)
        {
            Raw("<tr>").Raw(string.Concat(row.Select((cell, i) => (header ? isFirst : i == 0) ? $"<th>{Encode(cell)}</th>" : $"<td>{Encode(cell)}</td>"))).Raw("</tr>\n");
            isFirst = false;
        }

        return Raw("</table></div>\n");
    }

    /// <inheritdoc/>
    public override string ToString() => text.ToString();

    /// <summary>A text as HTML.</summary>
    public static string Encode(string content) => WebUtility.HtmlEncode(content);
}
