using System.Text.RegularExpressions;

namespace SmallBatch.Cluster.Tests.Console;

/// <summary>What each view of a complete sweep looks like in a terminal.</summary>
public sealed partial class ViewTests(CompleteSweep complete) : IClassFixture<CompleteSweep>
{
    private static readonly (string Name, string Command)[] Views =
    [
        ("sweep-list", "sweep list"), ("sweep-show", "sweep show chaos"), ("sweep-watch-complete", "sweep watch chaos"), ("config-list", "config list chaos"),
        ("config-show", "config show m=8.lr=2^-8 --sweep chaos"), ("pool-show", "pool show"), ("results-show", "results show chaos"),
    ];

    [Theory]
    [InlineData(80)]
    [InlineData(200)]
    public async Task Each_view_of_a_complete_sweep_is_the_one_that_was_looked_at(int columns)
    {
        await using var terminal = await CompleteSweep.OpenAsync(complete.Cluster, 0, columns, rows: 100);
        foreach (var (name, command) in Views)
        {
            // The end of the command before must be gone before one looks for this one's.
            await terminal.TypeAsync("clear");
            await terminal.UntilAsync(s => s.TrimEnd() == "$", "the shell asks again");
            await terminal.TypeAsync($"clear; smallbatch {command}");
            var screen = await terminal.UntilAsync(s => Ended().IsMatch(s), $"'{command}' has ended");
            if (!ScreenText.IsGolden($"{name}.{columns}", screen))
            {
                Assert.Equal(ScreenText.Golden($"{name}.{columns}"), ScreenText.Of(screen));
            }
        }
    }

    [GeneratedRegex(@"^exit \d+\n\$", RegexOptions.Multiline)]
    private static partial Regex Ended();
}
