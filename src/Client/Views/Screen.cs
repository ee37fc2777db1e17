using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SmallBatch.Client.Views;

/// <summary>
/// The terminal's alternate screen, for a view that is drawn again and again: each time whole and row by row at its place, so that a resize leaves nothing
/// behind. Disposed, the terminal is as it was before, with its cursor.
/// </summary>
internal sealed class Screen : IDisposable
{
    /// <summary>Alternate screen, cursor and breaking of long lines.</summary>
    private const string Enter = "\u001b[?1049h\u001b[?25l\u001b[?7l", Leave = "\u001b[?7h\u001b[?25h\u001b[?1049l";
    private readonly IAnsiConsole console;

    /// <summary>Takes the terminal.</summary>
    public Screen(IAnsiConsole console)
    {
        this.console = console;
        console.Write(new ControlCode(Enter));
    }

    /// <summary>Whether there is a terminal that has one.</summary>
    public static bool IsOf(IAnsiConsole console) => console.Profile.Out.IsTerminal && console.Profile.Capabilities is { Interactive: true, Ansi: true, AlternateBuffer: true };

    /// <summary>Draws a view from the top; what is below the last row is told by how many lines it has.</summary>
    public void Show(IRenderable view) => console.Write(new Frame(view, console.Profile.Height));

    /// <inheritdoc/>
    public void Dispose() => console.Write(new ControlCode(Leave));

    /// <summary>Exactly as many rows as the terminal has.</summary>
    internal sealed class Frame(IRenderable view, int height) : Renderable
    {
        /// <inheritdoc/>
        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
        {
            var lines = Segment.SplitLines(view.Render(options, maxWidth), maxWidth);
            var shown = lines.Count <= height ? lines.Count : height - 1;
            for (var row = 0; row < height; row++)
            {
                yield return Segment.Control(string.Create(CultureInfo.InvariantCulture, $"\u001b[{row + 1};1H\u001b[2K"));
                foreach (var segment in row < shown ? lines[row] : row < lines.Count ? Hidden(lines.Count - shown, maxWidth) : [])
                {
                    yield return segment;
                }
            }
        }

        private List<Segment> Hidden(int lines, int width) =>
            Segment.Truncate([new Segment($"… {lines} lines are not shown: this terminal has {height}", new Style(Color.Grey))], width);
    }
}
