using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Cluster.Tests.Console;

/// <summary>A sweep that trains, watched in a terminal.</summary>
public sealed class WatchTests
{
    [Fact]
    public async Task A_watched_sweep_is_seen_at_any_size_outlives_its_silo_and_leaves_the_terminal_as_it_was()
    {
        await using var cluster = await CompleteSweep.StartAsync();

        // More of it, each configuration as long as no other, so that the queue has one order, and all of it before there are slots; on trainers that take an hour: nothing of
        // what is seen then ends by itself.
        await cluster.Silos[0].StopAsync();
        await cluster.AddSiloAsync(0);
        await using (var connection = await cluster.ConnectAsync(1))
        {
            await TestCluster.SubmitAsync(connection, CompleteSweep.Spec.Replace("[8, 16]", "[2, 4, 8, 16, 32]", StringComparison.Ordinal).Replace("{ 8:", "{ 2: 2^-8, 4: 2^-8, 32: 2^-8, 8:", StringComparison.Ordinal));
            await TestCluster.UntilAsync(async () => (await connection.Grains.GetGrain<IGpuPoolGrain>("default").Describe()).Queue.Length == 3, "all that is new waits");
        }

        await cluster.AddSiloAsync(2, "--Simulation:Duration=3600s", "--Simulation:Diverging=0.05");
        await using var terminal = await CompleteSweep.OpenAsync(cluster, 2, columns: 200, rows: 40);
        await terminal.TypeAsync("smallbatch sweep watch chaos");
        await LooksAsync(terminal, "sweep-watch.200", s => s.Contains("held", StringComparison.Ordinal));
        Assert.Equal((false, true, false), await terminal.StateAsync());

        await terminal.ResizeAsync(80, 40);
        await LooksAsync(terminal, "sweep-watch.80", s => !s.Contains("held", StringComparison.Ordinal));
        await terminal.ResizeAsync(80, 16);
        await LooksAsync(terminal, "sweep-watch-low.80", s => s.Contains("this terminal has 16", StringComparison.Ordinal));
        await terminal.ResizeAsync(200, 40);
        await LooksAsync(terminal, "sweep-watch.200", s => s.Contains("held", StringComparison.Ordinal));

        await cluster.KillSiloAsync(2);
        await terminal.UntilAsync(s => s.Contains("The cluster has not answered for ", StringComparison.Ordinal) && s.Contains("m = 2, η̃ = ", StringComparison.Ordinal), "the silence is told, beside what was seen last");
        await cluster.RunSiloAsync(2);
        await terminal.UntilAsync(s => !s.Contains("has not answered", StringComparison.Ordinal) && s.Contains("2 training", StringComparison.Ordinal), "the sweep is seen again");

        await terminal.InterruptAsync();
        var after = await terminal.UntilAsync(s => s.Contains("exit 130\n$", StringComparison.Ordinal), "the shell asks again");
        Assert.Equal((true, false, true), await terminal.StateAsync());
        Assert.StartsWith("$ smallbatch sweep watch chaos\n╭──", after, StringComparison.Ordinal);
        Assert.Contains("\nBest so far: ", after, StringComparison.Ordinal);
        await terminal.TypeAsync("clear; echo still here");
        await terminal.UntilAsync(s => s.TrimEnd() == "still here\n$", "it is an ordinary terminal");
    }

    [Fact]
    public async Task A_watch_that_is_stopped_gives_the_terminal_back_and_takes_it_again_only_in_the_foreground()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        await cluster.AddSiloAsync(2, "--Simulation:Duration=3600s");
        await using var connection = await cluster.ConnectAsync();
        await TestCluster.SubmitAsync(connection, CompleteSweep.Spec);
        await using var terminal = await CompleteSweep.OpenAsync(cluster, 0, columns: 100, rows: 40);
        await terminal.TypeAsync("smallbatch sweep watch chaos");
        await IsWatchedAsync();

        await terminal.StopAsync();
        var stopped = await terminal.UntilAsync(s => HasPrompt(s) && s.Contains("exit 147\n", StringComparison.Ordinal), "it is stopped, and the shell asks again");
        Assert.StartsWith("$ smallbatch sweep watch chaos\n", stopped, StringComparison.Ordinal);
        Assert.DoesNotContain("Devices:", stopped, StringComparison.Ordinal);
        Assert.Equal((true, false, true), await terminal.StateAsync());

        await terminal.TypeAsync("fg");
        await IsWatchedAsync();

        await terminal.StopAsync();
        await terminal.UntilAsync(s => HasPrompt(s) && s.Contains("$ fg\n", StringComparison.Ordinal), "the shell asks again");
        await terminal.TypeAsync("bg; fg");
        await IsWatchedAsync();

        // In the background it draws nothing, to its sweep's end.
        await terminal.StopAsync();
        await terminal.UntilAsync(s => HasPrompt(s) && s.Contains("$ bg; fg\n", StringComparison.Ordinal), "the shell asks again");
        var record = Path.GetTempFileName();
        await terminal.RecordAsync(record);
        await terminal.TypeAsync("bg; wait; echo o''ver");
        await terminal.UntilAsync(s => s.Contains("echo o''ver\n", StringComparison.Ordinal), "it goes on in the background");
        var token = TestContext.Current.CancellationToken;
        Assert.True((await connection.Grains.GetGrain<ISweepGrain>("chaos").Act(SweepAction.Cancel, null, token)).Done);
        var sent = "";
        await Processes.UntilAsync(async () => (sent = await File.ReadAllTextAsync(record, token)).Contains("over\r\n", StringComparison.Ordinal), "the watch ends with its sweep");
        Assert.DoesNotContain("\u001b[?1049h", sent, StringComparison.Ordinal);
        Assert.Equal((true, false, true), await terminal.StateAsync());
        File.Delete(record);

        static bool HasPrompt(string screen) => screen.TrimEnd().EndsWith("\n$", StringComparison.Ordinal);

        async Task IsWatchedAsync()
        {
            await terminal.UntilAsync(s => s.Contains("2 training", StringComparison.Ordinal) && s.Contains("Devices: 2 slots", StringComparison.Ordinal), "the sweep is watched");
            Assert.Equal((false, true, false), await terminal.StateAsync());
        }
    }

    /// <summary>Waits until two train, the screen is drawn for its size, and is the stored one.</summary>
    private static async Task LooksAsync(Terminal terminal, string name, Func<string, bool> isDrawn)
    {
        var drawn = "";
        try
        {
            await terminal.UntilAsync(s => (drawn = s).Contains(" 2 training,", StringComparison.Ordinal) && s.Contains(" left\n", StringComparison.Ordinal) && isDrawn(s) && ScreenText.IsGolden(name, s), $"the screen is {name}");
        }
        catch (TimeoutException)
        {
            Assert.Equal(ScreenText.Golden(name), ScreenText.Of(drawn));
            throw;
        }
    }
}
