using Microsoft.Playwright;
using SmallBatch.Bench.Page;

namespace SmallBatch.Web.Tests;

/// <summary>The page in a real browser, at a real silo that trains.</summary>
public sealed class PageTests : IAsyncLifetime
{
    private const float Patience = 120_000;
    private readonly List<string> asked = [];
    private readonly List<string> complaints = [];
    private IPlaywright? playwright;
    private IBrowser? browser;

    private static string Axe { get; } = Path.Combine(AppContext.BaseDirectory, "axe.min.js");

    /// <summary>Pictures of the page are kept here, for people to look at.</summary>
    private static string Pictures { get; } = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "pictures")).FullName;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(Chromium.Program is null || !File.Exists(Axe), "No Chromium on the PATH, or no axe-core when this was built: run eng/browser.sh, and build again.");

        // A starved machine is slow; what is never shown fails all the same.
        Assertions.SetDefaultExpectTimeout(Patience);
        playwright = await Playwright.CreateAsync();
        browser = await Chromium.LaunchAsync(playwright);
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
    }

    [Fact]
    public async Task A_sweep_fills_in_while_one_watches_outlives_its_silo_and_is_paused_by_hand()
    {
        await using var silo = await WebSilo.StartAsync();
        await silo.SubmitAsync();
        var page = await OpenAsync(silo, new() { ViewportSize = new() { Width = 1200, Height = 1000 } });
        await page.GetByRole(AriaRole.Link, new() { Name = "browsed" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "browsed" })).ToBeVisibleAsync();

        // Cells are links with what they mean as their name; one trains, later one has a score, without anything being asked of the page.
        await Assertions.Expect(page.Locator(".heat a.training").First).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".heat a.scored").First).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex(@"^m = \d+, η̃ = 2⁻[⁵⁷]: \d+\.\d %, 2 of 2 seeds trained$"));
        await Assertions.Expect(page.Locator("main p[role=status]")).ToContainTextAsync(new System.Text.RegularExpressions.Regex(@"about \d.* ± \d.* left"));
        await LookAsync(page, "sweep");

        // The arrows go from cell to cell, and Tab comes here once.
        await page.Locator(".heat a[tabindex='0']").FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal("1", await page.EvaluateAsync<string>("document.activeElement.closest('td').cellIndex - 1 + ''"));
        Assert.Equal(1, await page.Locator(".heat a[tabindex='0']").CountAsync());

        // By hand, and asked first; what the console sees is what was done.
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Leave it" }).ClickAsync();
        Assert.NotEqual("paused", await PhaseAsync(silo));
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "pause", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Resume" })).ToBeVisibleAsync();
        Assert.Equal("paused", await PhaseAsync(silo));

        await silo.RestartAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "resume", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("main p[role=status]")).ToContainTextAsync("completed: 6 of 6");
        await Assertions.Expect(page.Locator(".answer")).ToContainTextAsync("m = ");
        await LookAsync(page, "sweep-complete");

        await page.GetByRole(AriaRole.Link, new() { Name = "Report" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "The paper's claims" })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".report figure svg").First).ToBeVisibleAsync();
        await LookAsync(page, "report");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.SetViewportSizeAsync(360, 740);
        await Assertions.Expect(page.Locator(".report figure svg").First).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        await LookAsync(page, "report-phone");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.SetViewportSizeAsync(1200, 1000);
        await Assertions.Expect(page.Locator(".report figure svg").First).ToBeVisibleAsync();
        var saved = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Save as a file" }).ClickAsync());
        Assert.Equal("browsed.html", saved.SuggestedFilename);
        await page.GetByRole(AriaRole.Link, new() { Name = "browsed" }).ClickAsync();
        await page.Locator(".heat a.scored").First.ClickAsync();
        await Assertions.Expect(page.Locator("svg.curves path")).ToHaveCountAsync(2);
        await Assertions.Expect(page.GetByText("training from step")).ToBeVisibleAsync();
        await LookAsync(page, "configuration");
        await page.GetByRole(AriaRole.Link, new() { Name = "Pool" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Drain" })).ToBeVisibleAsync();
        await LookAsync(page, "pool");
        Assert.All(asked, url => Assert.StartsWith(silo.Http.BaseAddress!.ToString(), url, StringComparison.Ordinal));
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_grid_of_many_cells_is_a_table_all_the_same_whose_rows_out_of_sight_are_reached_and_named_and_which_outlives_its_silo_with_the_cell_one_is_at()
    {
        const int Side = 40;
        await using var silo = await WebSilo.StartAsync("--Simulation:Duration=1s");
        Assert.Equal(System.Net.HttpStatusCode.Created, (await silo.SubmitAsync(SquareSweep.Spec("square", Side), SquareSweep.Network)).Status);
        var page = await OpenAsync(silo, new() { ViewportSize = new() { Width = 800, Height = 600 } });
        await page.GetByRole(AriaRole.Link, new() { Name = "square" }).ClickAsync();
        var grid = page.GetByRole(AriaRole.Table, new() { Name = "Test accuracy" });
        await Assertions.Expect(grid.GetByRole(AriaRole.Row)).ToHaveCountAsync(Side + 1);
        await Assertions.Expect(grid.GetByRole(AriaRole.Cell).GetByRole(AriaRole.Link)).ToHaveCountAsync(Side * Side);
        await Assertions.Expect(grid.GetByRole(AriaRole.Rowheader, new() { Name = "40", Exact = true })).ToHaveCountAsync(1);
        await Assertions.Expect(grid.GetByRole(AriaRole.Link, new() { NameRegex = new(@"^m = \d+, η̃ = \S+: \d+\.\d %, 1 of 1 seeds trained$") }).First).ToBeAttachedAsync();

        await page.Locator(".heat a[tabindex='0']").FocusAsync();
        for (var step = 1; step < Side; step++)
        {
            await page.Keyboard.PressAsync("ArrowDown");
        }

        const string Focused = "document.activeElement.getAttribute('aria-label').split(',')[0]";
        Assert.Equal("m = 40", await page.EvaluateAsync<string>(Focused));
        await Assertions.Expect(page.Locator(".heat a:focus")).ToBeInViewportAsync();
        await LookAsync(page, "grid");

        // Where there is no room for all columns, one sees which row one is in however far to the right.
        await page.SetViewportSizeAsync(400, 600);
        for (var step = 1; step < Side; step++)
        {
            await page.Keyboard.PressAsync("ArrowRight");
        }

        await Assertions.Expect(page.Locator(".heat a:focus")).ToBeInViewportAsync();
        await Assertions.Expect(grid.GetByRole(AriaRole.Rowheader, new() { Name = "40", Exact = true })).ToBeInViewportAsync();

        // The silo's next one tells how everything stands: the grid is the same.
        await silo.RestartAsync();
        var scored = await page.Locator(".heat a.scored").CountAsync();
        await page.WaitForFunctionAsync("scored => document.querySelectorAll('.heat a.scored').length > scored", scored);
        Assert.Equal("m = 40", await page.EvaluateAsync<string>(Focused));
    }

    [Fact]
    public async Task Who_has_no_token_is_asked_for_one_and_a_phone_in_the_dark_shows_all_of_the_page()
    {
        await using var silo = await WebSilo.StartAsync("--Access:ViewerToken=viewer-token-0123");
        var page = await OpenAsync(silo, new() { ViewportSize = new() { Width = 360, Height = 740 }, ColorScheme = ColorScheme.Dark });
        await page.GetByLabel("Token").FillAsync("viewer-token-0123");
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Nothing was submitted yet")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Pool" }).ClickAsync();
        await Assertions.Expect(page.GetByText("cpu-0").First).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        await LookAsync(page, "phone");
        await page.GetByRole(AriaRole.Button, new() { Name = "Drain" }).ClickAsync();
        await page.EvaluateAsync("window.told = []; new MutationObserver(() => told.push(outcome.textContent)).observe(outcome, { childList: true })");
        await page.GetByRole(AriaRole.Button, new() { Name = "drain", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("#outcome")).ToContainTextAsync("wanted that of an operator");
        await LookAsync(page, "phone-refused");

        // What came of it stays while the page goes on asking, is read out once, and is gone where one is elsewhere. By the second answer the first is shown.
        await page.Locator("main").FocusAsync();
        await page.WaitForResponseAsync("**/api/v1/pool");
        await page.WaitForResponseAsync("**/api/v1/pool");
        Assert.Single(await page.EvaluateAsync<string[]>("told"));
        await Assertions.Expect(page.Locator("#outcome")).ToContainTextAsync("wanted that of an operator");
        await page.GetByRole(AriaRole.Link, new() { Name = "Sweeps" }).ClickAsync();
        await Assertions.Expect(page.Locator("#outcome")).ToBeEmptyAsync();
    }

    [Fact]
    public async Task An_operator_opens_the_Orleans_Dashboard_which_asks_no_other_host_and_nobody_else_does()
    {
        await using var silo = await WebSilo.StartAsync("--Dashboard:On=true", "--Access:ViewerToken=viewer-token-0123", "--Access:OperatorToken=operator+token;=01");
        var page = await OpenAsync(silo, new() { ViewportSize = new() { Width = 1200, Height = 900 } });
        await page.GetByLabel("Token").FillAsync("viewer-token-0123");
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Nothing was submitted yet")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Orleans" }).ClickAsync();
        await Assertions.Expect(page.Locator("#outcome")).ToContainTextAsync("wanted that of an operator");

        // Somebody else's session, which the browser forgets as it ends.
        await page.EvaluateAsync("sessionStorage.clear()");
        await page.ReloadAsync();
        await page.GetByLabel("Token").FillAsync("operator+token;=01");
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Nothing was submitted yet")).ToBeVisibleAsync();
        var refusals = new List<string>();
        page.Console += (_, message) => refusals.AddRange(message.Text.Contains("Content Security Policy", StringComparison.Ordinal) ? [message.Text] : []);
        await page.GetByRole(AriaRole.Link, new() { Name = "Orleans" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Total Activations").First).ToBeVisibleAsync();
        await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, "dashboard.png") });
        await page.GetByRole(AriaRole.Link, new() { Name = "Grains", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("GpuPoolGrain").First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Silos", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("silo-1").First).ToBeVisibleAsync();
        await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, "dashboard-silos.png") });
        Assert.Empty(refusals);
        Assert.All(asked, url => Assert.StartsWith(silo.Http.BaseAddress!.ToString(), url, StringComparison.Ordinal));
        Assert.Empty(complaints);
    }

    private async Task<IPage> OpenAsync(WebSilo silo, BrowserNewPageOptions options)
    {
        var page = await browser!.NewPageAsync(options);
        page.SetDefaultTimeout(Patience);
        page.Request += (_, request) => asked.Add(request.Url);
        page.PageError += (_, error) => complaints.Add(error);
        await page.GotoAsync(silo.Http.BaseAddress!.ToString());
        return page;
    }

    private static async Task<string?> PhaseAsync(WebSilo silo) => (await silo.SendAsync(HttpMethod.Get, "api/v1/sweeps/browsed")).Body.GetProperty("phase").GetString();

    /// <summary>Takes a picture, and sees to it that nothing on the page keeps anybody out: axe-core has no serious or critical finding.</summary>
    private static async Task LookAsync(IPage page, string name)
    {
        await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}.png"), FullPage = true });
        await page.EvaluateAsync(await File.ReadAllTextAsync(Axe, TestContext.Current.CancellationToken));
        var findings = await page.EvaluateAsync<string[]>("""
            axe.run().then(r => {
              if (r.passes.length < 10) throw new Error("axe-core looked at nothing");
              return r.violations.filter(v => v.impact === "serious" || v.impact === "critical").map(v => v.id + ": " + v.nodes.map(n => n.html + " " + n.failureSummary).join("; "));
            })
            """);
        Assert.Empty(findings);
    }
}
