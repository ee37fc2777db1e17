using System.Globalization;

namespace SmallBatch.Cluster.Tests.Console;

/// <summary>A terminal with a shell in it, by tmux: what a user sees is text, what a user types are keys.</summary>
internal sealed class Terminal : IAsyncDisposable
{
    private readonly string socket = $"smallbatch-{Guid.NewGuid():N}";

    private Terminal()
    {
    }

    /// <summary>A terminal of so many columns and rows; skips the test where there is no tmux.</summary>
    public static async Task<Terminal> StartAsync(int columns, int rows)
    {
        Assert.SkipUnless((await Processes.RunAsync("tmux", "-V")).Code == 0, "found no program tmux, wanted it on the PATH: apt-get install tmux");
        var terminal = new Terminal();

        // No settings of whoever runs the tests, and no variable by which a console takes itself to be in no terminal.
        await terminal.RunAsync("-f", "/dev/null", "new-session", "-d", "-x", Text(columns), "-y", Text(rows), "env -u CI -u NO_COLOR -u ENV PS1='$ ' sh");
        await terminal.UntilAsync(s => s.TrimEnd() == "$", "the shell asks");
        return terminal;
    }

    /// <summary>What is on the screen, without blanks at the ends of lines.</summary>
    public Task<string> ScreenAsync() => RunAsync("capture-pane", "-p");

    /// <summary>Types a line, and Enter.</summary>
    public async Task TypeAsync(string line)
    {
        await RunAsync("send-keys", "-l", line);
        await RunAsync("send-keys", "Enter");
    }

    /// <summary>Presses Ctrl-C.</summary>
    public Task InterruptAsync() => RunAsync("send-keys", "C-c");

    /// <summary>Presses Ctrl-Z.</summary>
    public Task StopAsync() => RunAsync("send-keys", "C-z");

    /// <summary>Writes into a file all that it is sent from now on.</summary>
    public Task RecordAsync(string path) => RunAsync("pipe-pane", "-O", $"cat >'{path}'");

    /// <summary>Makes it larger or smaller.</summary>
    public Task ResizeAsync(int columns, int rows) => RunAsync("resize-window", "-x", Text(columns), "-y", Text(rows));

    /// <summary>Whether its cursor is seen, its other screen shown, and long lines are broken.</summary>
    public async Task<(bool Cursor, bool OtherScreen, bool Breaks)> StateAsync() =>
        (await RunAsync("display-message", "-p", "#{cursor_flag}#{alternate_on}#{wrap_flag}")).Trim() is [var cursor, var other, var breaks] ? (cursor == '1', other == '1', breaks == '1') : default;

    /// <summary>Waits until the screen is as wanted; answers it.</summary>
    public async Task<string> UntilAsync(Func<string, bool> isWanted, string what)
    {
        var screen = "";
        try
        {
            await Processes.UntilAsync(async () => isWanted(screen = await ScreenAsync()), what);
            return screen;
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}; the screen:\n{screen}", late);
        }
    }

    public async ValueTask DisposeAsync() => await Processes.RunAsync("tmux", "-L", socket, "kill-server");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output) = await Processes.RunAsync("tmux", ["-u", "-L", socket, .. arguments]);
        Assert.True(code == 0, $"tmux {string.Join(' ', arguments)}: {output}");
        return output;
    }
}
