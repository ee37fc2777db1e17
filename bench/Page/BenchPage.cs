using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using SmallBatch.Bench.Chaos.Silos;

namespace SmallBatch.Bench.Page;

/// <summary>A page in a browser of its own that is measured.</summary>
internal sealed class BenchPage : IAsyncDisposable
{
    private const float Patience = 120_000;
    private const int Rate = 30;
    private readonly IBrowser browser;
    private long bytes;

    private BenchPage(IBrowser browser, IPage page, ICDPSession session) => (this.browser, Page, Session) = (browser, page, session);

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>Bytes that came over the line so far, headers included.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    private ICDPSession Session { get; }

    /// <summary>Opens it; the grid is whole with <paramref name="cells"/>.</summary>
    public static async Task<BenchPage> OpenAsync(IPlaywright playwright, string url, int cells)
    {
        var browser = await Chromium.LaunchAsync(playwright);
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1400, Height = 900 } });
        page.SetDefaultTimeout(Patience);
        await page.AddInitScriptAsync(string.Create(CultureInfo.InvariantCulture, $"window.wholeGrid = {cells};"));
        await page.AddInitScriptAsync(await ResourceAsync("recorder.js"));
        var session = await page.Context.NewCDPSessionAsync(page);
        var opened = new BenchPage(browser, page, session);
        session.Event("Network.dataReceived").OnEvent += (_, e) => Interlocked.Add(ref opened.bytes, e!.Value.GetProperty("encodedDataLength").GetInt64());
        session.Event("Network.responseReceived").OnEvent += (_, e) => Interlocked.Add(ref opened.bytes, (long)e!.Value.GetProperty("response").GetProperty("encodedDataLength").GetDouble());
        await session.SendAsync("Network.enable");
        await page.GotoAsync(url);
        return opened;
    }

    /// <summary>Opens a page of this size, of stripes and a hundred links, which asks nothing: what its figures are, the browser and the machine are.</summary>
    public static async Task<BenchPage> OpenControlAsync(IPlaywright playwright, string size) =>
        await OpenAsync(playwright, $"data:text/html,{Uri.EscapeDataString(await ResourceAsync("control.html"))}#{size}", 0);

    /// <summary>Its width and height in pixels, as <c>1400x2600</c>.</summary>
    public Task<string> SizeAsync() => Page.EvaluateAsync<string>("`${document.documentElement.scrollWidth}x${document.documentElement.scrollHeight}`");

    /// <summary>Waits until the page has shown <paramref name="what"/>: <c>list</c>, <c>picture</c> or <c>whole</c>; answers the milliseconds since it was opened.</summary>
    public async Task<double> UntilAsync(string what) => (await (await Page.WaitForFunctionAsync("what => recorder.seen[what]", what, new() { PollingInterval = 100 })).JsonValueAsync<double>());

    /// <summary>Looks at it while <paramref name="meanwhile"/> is done.</summary>
    public async Task<Look> LookAsync(Func<Task> meanwhile)
    {
        await Page.EvaluateAsync("recorder.begin()");
        await meanwhile();
        return Look.Of(JsonDocument.Parse(await Page.EvaluateAsync<string>("JSON.stringify(recorder.figures())")).RootElement);
    }

    /// <summary>Puts pointer and focus into the grid, or what stands for it, by a script that is the harness' own and has to be compiled first.</summary>
    public async Task EnterAsync()
    {
        await Page.Mouse.MoveAsync(700, 600);
        await Page.Locator(".heat a[tabindex='0']").FocusAsync();
    }

    /// <summary>Turns the wheel for so long, down and up again, thirty times a second.</summary>
    public async Task ScrollAsync(int seconds)
    {
        for (var turn = 0; turn < seconds * Rate; turn++)
        {
            await Page.Mouse.WheelAsync(0, turn / Rate % 2 == 0 ? 60 : -60);
            await Task.Delay(1000 / Rate);
        }
    }

    /// <summary>Goes from cell to cell of a square for so long by the arrow keys, from its first to its last and back, thirty times a second.</summary>
    public async Task WalkAsync(int seconds, int side)
    {
        for (var step = 0; step < seconds * Rate; step++)
        {
            var back = step / (2 * (side - 1)) % 2 == 1;
            await Page.Keyboard.PressAsync((step % 2 == 0, back) switch
            {
                (true, false) => "ArrowDown",
                (false, false) => "ArrowRight",
                (true, true) => "ArrowUp",
                (false, true) => "ArrowLeft",
            });
            await Task.Delay(1000 / Rate);
        }
    }

    /// <summary>MiB of the page's JavaScript heap after a collection, its nodes, and MiB resident of its process.</summary>
    public async Task<(double Heap, long Nodes, double Resident)> MemoryAsync()
    {
        await Session.SendAsync("HeapProfiler.collectGarbage");
        await Session.SendAsync("Performance.enable");
        var metrics = (await Session.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics").EnumerateArray().ToDictionary(m => m.GetProperty("name").GetString()!, m => m.GetProperty("value").GetDouble());
        var resident = Processes.Descendants(Environment.ProcessId).Where(p => p.Command.Contains("--type=renderer", StringComparison.Ordinal)).Max(p => Resident(p.Id));
        return (metrics["JSHeapUsedSize"] / (1 << 20), (long)metrics["Nodes"], resident / 1024);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => browser.DisposeAsync();

    private static async Task<string> ResourceAsync(string name)
    {
        using var reader = new StreamReader(typeof(BenchPage).Assembly.GetManifestResourceStream(name)!);
        return await reader.ReadToEndAsync();
    }

    private static double Resident(int process) =>
        double.Parse(File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
