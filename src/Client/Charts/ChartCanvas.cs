using Spectre.Console;

namespace SmallBatch.Client.Charts;

/// <summary>A page of character cells. Lines are drawn in Braille dots, two by four a cell; a character hides the dots of its cell.</summary>
internal sealed class ChartCanvas(int width, int height)
{
    private const int DotsAcross = 2, DotsDown = 4;
    private const char FirstBraille = '\u2800';

    /// <summary>Bits of a Braille character: [column][row].</summary>
    private static readonly int[][] Bits = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
    private readonly char[,] characters = new char[height, width];
    private readonly int[,] dots = new int[height, width];
    private readonly Style?[,] styles = new Style?[height, width];

    /// <summary>Cells across.</summary>
    public int Width => width;

    /// <summary>Cells down.</summary>
    public int Height => height;

    /// <summary>Writes a text; what lies outside is cut.</summary>
    public void Write(int row, int column, string text, Style? style = null)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (row >= 0 && row < height && column + i >= 0 && column + i < width)
            {
                characters[row, column + i] = text[i];
                styles[row, column + i] = style;
            }
        }
    }

    /// <summary>Draws a line between two cells' centres.</summary>
    public void Line(double fromRow, double fromColumn, double toRow, double toColumn, Style? style = null)
    {
        var steps = (int)Math.Ceiling(Math.Max(Math.Abs(toRow - fromRow) * DotsDown, Math.Abs(toColumn - fromColumn) * DotsAcross)) + 1;
        for (var step = 0; step <= steps; step++)
        {
            var part = step / (double)steps;
            var row = (int)Math.Floor((fromRow + ((toRow - fromRow) * part) + 0.5) * DotsDown);
            var column = (int)Math.Floor((fromColumn + ((toColumn - fromColumn) * part) + 0.5) * DotsAcross);
            if (row >= 0 && row < height * DotsDown && column >= 0 && column < width * DotsAcross)
            {
                dots[row / DotsDown, column / DotsAcross] |= Bits[column % DotsAcross][row % DotsDown];
                styles[row / DotsDown, column / DotsAcross] ??= style;
            }
        }
    }

    /// <summary>Prints it without blanks at the ends of lines.</summary>
    public void Print(IAnsiConsole console)
    {
        for (var row = 0; row < height; row++)
        {
            var last = width - 1;
            while (last >= 0 && Character(row, last) == ' ')
            {
                last--;
            }

            for (var column = 0; column <= last; column++)
            {
                console.Write(Character(row, column).ToString(), styles[row, column] ?? Style.Plain);
            }

            console.WriteLine();
        }
    }

    private char Character(int row, int column) =>
        characters[row, column] != '\0' ? characters[row, column] : dots[row, column] != 0 ? (char)(FirstBraille + dots[row, column]) : ' ';
}
