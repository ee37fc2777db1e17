using System.Globalization;
using System.Runtime.InteropServices;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SmallBatch.Client.Views;

/// <summary>
/// The terminal's alternate screen, for a view that is drawn again and again: each time whole and row by row at its place, so that a resize leaves nothing
/// behind. Disposed, the terminal is as it was before, with its cursor; so it is while this process is stopped by Ctrl-Z, and in the background after that.
/// </summary>
internal sealed class Screen : IDisposable
{
    /// <summary>Alternate screen, cursor and breaking of long lines.</summary>
    private const string Enter = "\u001b[?1049h\u001b[?25l\u001b[?7l", Leave = "\u001b[?7h\u001b[?25h\u001b[?1049l";
    private readonly IAnsiConsole console;
    private readonly PosixSignalRegistration? stop;
    private readonly Lock gate = new();
    private IRenderable? shown;
    private bool isShells;

    /// <summary>Takes the terminal.</summary>
    public Screen(IAnsiConsole console)
    {
        this.console = console;
        console.Write(new ControlCode(Enter));
        stop = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGTSTP, Stop);
    }

    /// <summary>Whether there is a terminal that has one.</summary>
    public static bool IsOf(IAnsiConsole console) => console.Profile.Out.IsTerminal && console.Profile.Capabilities is { Interactive: true, Ansi: true, AlternateBuffer: true };

    /// <summary>Draws a view from the top; what is below the last row is told by how many lines it has.</summary>
    public void Show(IRenderable view)
    {
        lock (gate)
        {
            shown = view;
            Draw();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stop?.Dispose();
        lock (gate)
        {
            shown = null;
            GiveBack();
        }
    }

    /// <summary>Ctrl-Z: stops with the terminal as it was before, and takes it again when it goes on. Nobody draws meanwhile.</summary>
    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        lock (gate)
        {
            GiveBack();
            JobControl.Stop();
            Draw();
        }
    }

    private void GiveBack()
    {
        if (!isShells)
        {
            console.Write(new ControlCode(Leave));
            isShells = true;
        }
    }

    /// <summary>What was shown last, unless the terminal is the shell's: one that goes on in the background is told by nobody that it is in the foreground again.</summary>
    private void Draw()
    {
        if (shown is null || (isShells && !JobControl.IsInForeground))
        {
            return;
        }

        if (isShells)
        {
            console.Write(new ControlCode(Enter));
            isShells = false;
        }

        console.Write(new Frame(shown, console.Profile.Height));
    }

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
