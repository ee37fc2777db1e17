using Spectre.Console;
using Spectre.Console.Rendering;

namespace SmallBatch.Client.Tests.Writing;

/// <summary>A terminal at which these lines are typed; each ends with Enter.</summary>
internal sealed class TypedConsole(IAnsiConsole screen, params string[] lines) : IAnsiConsole, IAnsiConsoleInput
{
    private readonly Queue<ConsoleKeyInfo> keys = new(lines.SelectMany(l => l.Select(c => new ConsoleKeyInfo(c, ConsoleKey.None, false, false, false)).Append(new('\r', ConsoleKey.Enter, false, false, false))));

    public Profile Profile => screen.Profile;

    public IAnsiConsoleCursor Cursor => screen.Cursor;

    public IAnsiConsoleInput Input => this;

    public IExclusivityMode ExclusivityMode => screen.ExclusivityMode;

    public RenderPipeline Pipeline => screen.Pipeline;

    public int Left => keys.Count;

    public void Clear(bool home) => screen.Clear(home);

    public void Write(IRenderable renderable) => screen.Write(renderable);

    public void WriteAnsi(Action<AnsiWriter> action) => screen.WriteAnsi(action);

    public bool IsKeyAvailable() => keys.Count > 0;

    public ConsoleKeyInfo? ReadKey(bool intercept) => keys.Dequeue();

    public Task<ConsoleKeyInfo?> ReadKeyAsync(bool intercept, CancellationToken cancellationToken) => Task.FromResult(ReadKey(intercept));
}
