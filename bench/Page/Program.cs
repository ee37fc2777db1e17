using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using SmallBatch.Bench;
using SmallBatch.Bench.Chaos.Silos;
using SmallBatch.Bench.Page;

const string Name = "square";
const int Slots = 16;

// What is left then lasts until the last look.
const double MostFilled = 0.4;
var quick = args.Contains("--quick");
var (side, opens, seconds) = quick ? (40, 3, 5) : (100, 5, 30);
if (Chromium.Program is null)
{
    Console.Error.WriteLine("PATH: found no chromium, wanted one: eng/browser.sh installs it.");
    return 1;
}

var machine = Machine.Line(quick);
using var playwright = await Playwright.CreateAsync();
var targets = new List<string>();
await using var cluster = await ClusterProcesses.StartAsync(["--Cluster:ProbeTimeout=00:00:01", "--Cluster:MaxProbeTimeout=00:00:02", "--Pool:SilentHostAfter=00:00:10"], null, CancellationToken.None);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{machine}; {side} x {side} cells; silo, store and browser on the same machine"));

// As fast as the silo goes, from the first cell on.
using (var silo = await StartAsync("0s"))
{
    using var submitted = await silo.PostAsJsonAsync("api/v1/sweeps", new { specText = SquareSweep.Spec(Name, side), networkText = SquareSweep.Network });
    submitted.EnsureSuccessStatusCode();
    await using var page = await BenchPage.OpenAsync(playwright, $"{silo.BaseAddress}#/sweep/{Name}", side * side);
    await page.UntilAsync("whole");
    Console.WriteLine($"{"",-44}{"frames",8}{"gap p99 ms",12}{"longest ms",12}{"task ms",12}{"cells/s",9}{"kB/s",7}");
    await LineAsync("filling in as fast as the silo goes", page, silo, async () =>
    {
        while (await EndedAsync(silo) < MostFilled * side * side)
        {
            await Task.Delay(500);
        }
    });
    await cluster.KillSilosAsync();
}

using (var silo = await StartAsync("1s"))
{
    var (list, sweep) = (silo.BaseAddress!.ToString(), $"{silo.BaseAddress}#/sweep/{Name}");
    var since = await EndedAsync(silo);
    while (await EndedAsync(silo) < since + Slots)
    {
        await Task.Delay(500);
    }

    // Opened anew each time, by a browser that has seen nothing yet.
    var (first, bytes, picture, whole) = (new List<double>(), 0L, new List<double>(), new List<double>());
    for (var i = 0; i < opens; i++)
    {
        await using (var page = await BenchPage.OpenAsync(playwright, list, side * side))
        {
            first.Add(await page.UntilAsync("list"));
            bytes = page.Bytes;
        }

        await using (var page = await BenchPage.OpenAsync(playwright, sweep, side * side))
        {
            picture.Add(await page.UntilAsync("picture"));
            whole.Add(await page.UntilAsync("whole"));
        }
    }

    await using (var page = await BenchPage.OpenAsync(playwright, $"{list}#/pool", side * side))
    {
        await page.Page.Locator("h2").First.WaitForAsync();
        await LineAsync("trials of 1 s: the pool, beside which to see", page, silo, Wait);
    }

    string size;
    await using (var page = await BenchPage.OpenAsync(playwright, sweep, side * side))
    {
        await page.UntilAsync("whole");
        size = await page.SizeAsync();
        await page.EnterAsync();
        var still = await LineAsync("trials of 1 s: the grid, looked at", page, silo, Wait);
        var scrolled = await LineAsync("trials of 1 s: the grid, scrolled", page, silo, () => page.ScrollAsync(seconds));
        var walked = await LineAsync("trials of 1 s: the grid, walked by keys", page, silo, () => page.WalkAsync(seconds, side));
        var (heap, nodes, resident) = await page.MemoryAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first view {bytes / 1000.0:F1} kB, {Median(first):F0} ms; grid's first picture {Median(picture):F0} ms, the whole {Median(whole):F0} ms (medians of {opens})"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"heap {heap:F1} MiB, {nodes} nodes, process {resident:F0} MiB"));
        Target("page-first-view-kb", bytes / 1000.0, 100);
        Target("page-first-view-ms", Median(first), 1000);
        Target("page-grid-first-picture-ms", Median(picture), 1000);
        Target("page-gap-updating-ms", still.Gap, 50);
        Target("page-gap-scrolling-ms", scrolled.Gap, 50);
        Target("page-gap-walking-ms", walked.Gap, 50);
        Target("page-heap-mib", heap, 100);
    }

    await using (var control = await BenchPage.OpenControlAsync(playwright, size))
    {
        await control.EnterAsync();
        await LineAsync("trials of 1 s: as many stripes, scrolled", control, silo, () => control.ScrollAsync(seconds));
        await LineAsync("trials of 1 s: as many stripes, walked", control, silo, () => control.WalkAsync(seconds, side));
    }
}

targets.ForEach(Console.WriteLine);
return 0;

async Task<HttpClient> StartAsync(string duration)
{
    var seat = await cluster.AddSeatAsync(Slots, null, $"--Simulation:Duration={duration}");
    await seat.RunAsync(CancellationToken.None);
    return new() { BaseAddress = seat.Http };
}

Task Wait() => Task.Delay(TimeSpan.FromSeconds(seconds));

async Task<Look> LineAsync(string what, BenchPage page, HttpClient silo, Func<Task> meanwhile)
{
    var ended = await EndedAsync(silo);
    var (bytes, clock) = (page.Bytes, Stopwatch.StartNew());
    var look = await page.LookAsync(meanwhile);
    var took = clock.Elapsed.TotalSeconds;
    var rate = (await EndedAsync(silo) - ended) / took;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-44}{look}{rate,9:F1}{(page.Bytes - bytes) / 1000 / took,7:F1}"));
    return look;
}

static async Task<int> EndedAsync(HttpClient silo) => (await silo.GetFromJsonAsync<JsonElement>($"api/v1/sweeps/{Name}")).GetProperty("ended").GetInt32();

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

void Target(string name, double value, double goal) =>
    targets.Add(string.Create(CultureInfo.InvariantCulture, $"target {name} {value:F1} {goal:F0} {(value <= goal ? "met" : "short")}"));
