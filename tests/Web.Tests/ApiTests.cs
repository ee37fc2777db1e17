using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json;
using SmallBatch.Client.Export;
using SmallBatch.Contracts;
using SmallBatch.Contracts.Results;
using SmallBatch.Reports;

namespace SmallBatch.Web.Tests;

public sealed class ApiTests
{
    private const string Viewer = "viewer-token-0123", Submitter = "submitter-token-0", Operator = "operator-token-01";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sweep_is_submitted_followed_paused_resumed_and_read_and_deleted()
    {
        await using var silo = await WebSilo.StartAsync();
        Assert.Equal(HttpStatusCode.Created, (await silo.SubmitAsync()).Status);
        Assert.Equal((HttpStatusCode.OK, "unchanged"), await OutcomeAsync(silo.SubmitAsync()));
        Assert.Equal(HttpStatusCode.OK, (await silo.SendAsync(HttpMethod.Post, "api/v1/sweeps/browsed/pause")).Status);
        Assert.Equal("paused", (await silo.SendAsync(HttpMethod.Get, "api/v1/sweeps/browsed")).Body.GetProperty("phase").GetString());
        Assert.Equal(HttpStatusCode.OK, (await silo.SendAsync(HttpMethod.Post, "api/v1/sweeps/browsed/resume")).Status);

        // To its end, by the events alone.
        var events = await EventsAsync(silo, null, e => e.Name is "snapshot" or "change" && e.Data.GetProperty("sweep").GetProperty("phase").GetString() == "completed");
        Assert.Equal("snapshot", events[0].Name);
        Assert.Contains(events, e => e.Name == "change" && e.Data.GetProperty("cells").EnumerateArray().Any(c => c.GetProperty("status").GetString() == "training"));
        var resumed = await EventsAsync(silo, events[^2].Id, e => true);
        Assert.Equal((events[^1].Id, events[^1].Name), (resumed[0].Id, resumed[0].Name));

        var page = (await silo.SendAsync(HttpMethod.Get, "api/v1/sweeps/browsed/configurations?m=4&limit=2")).Body;
        Assert.Equal((2, 3), (page.GetProperty("items").GetArrayLength(), page.GetProperty("total").GetInt32()));
        var rest = (await silo.SendAsync(HttpMethod.Get, page.GetProperty("next").GetString()![1..])).Body;
        Assert.Equal((1, JsonValueKind.Null), (rest.GetProperty("items").GetArrayLength(), rest.GetProperty("next").ValueKind));
        var key = rest.GetProperty("items")[0].GetProperty("key").GetString()!;
        var configuration = $"api/v1/sweeps/browsed/configurations/{Uri.EscapeDataString(key)}";
        Assert.Equal("completed", (await silo.SendAsync(HttpMethod.Get, configuration)).Body.GetProperty("status").GetString());
        var replicas = (await silo.SendAsync(HttpMethod.Get, $"{configuration}/replicas")).Body;
        Assert.Equal([30, 30], replicas.EnumerateArray().Select(r => r.GetProperty("curve").GetArrayLength()));
        Assert.Contains("training from step 0", (await silo.SendAsync(HttpMethod.Get, $"{configuration}/log")).Body.GetString(), StringComparison.Ordinal);
        Assert.Equal(12, (await silo.SendAsync(HttpMethod.Get, "api/v1/sweeps/browsed/results")).Body.GetProperty("replicas").GetArrayLength());
        Assert.StartsWith("On synthetic (160 train, 60 test)", (await silo.SendAsync(HttpMethod.Get, "api/v1/sweeps/browsed/analysis")).Body.GetProperty("sentence").GetString(), StringComparison.Ordinal);

        var answer = (await silo.SendAsync(HttpMethod.Get, "api/v1/sweeps/browsed/answer")).Body;
        Assert.StartsWith("On synthetic (160 train, 60 test)", answer.GetProperty("sentence").GetString(), StringComparison.Ordinal);
        Assert.Equal(["sentence", "warnings"], answer.EnumerateObject().Select(p => p.Name));

        // The report is the console's, and nothing runs in it; who has it already is told so.
        using var report = await silo.Http.GetAsync(new Uri("api/v1/sweeps/browsed/report", UriKind.Relative), Token);
        Assert.Equal("text/html", report.Content.Headers.ContentType?.MediaType);
        Assert.Contains("default-src 'none'", report.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        var written = await report.Content.ReadAsStringAsync(Token);
        var results = (await silo.SendAsync(HttpMethod.Get, "api/v1/sweeps/browsed/results")).Body.Deserialize<SweepResults>(JsonForm.Compact)!;
        Assert.Equal(ReportPage.Write([results], mixed: false), written);
        using var same = new HttpRequestMessage(HttpMethod.Get, "api/v1/sweeps/browsed/report");
        same.Headers.IfNoneMatch.Add(report.Headers.ETag!);
        using var unchanged = await silo.Http.SendAsync(same, Token);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await silo.SendAsync(HttpMethod.Get, "api/v1/sweeps/nobody/report")).Status);

        // And what a notebook asks for, and reads of exported files.
        var told = await NotebookAsync(1, ("SMALLBATCH_URL", silo.Http.BaseAddress!.ToString()), ("SMALLBATCH_SWEEP", "browsed"));
        Assert.Equal("browsed: completed, 6 of 6", told[0]);
        Assert.Equal(2, told.Count(l => l.StartsWith("m = ", StringComparison.Ordinal)));
        var exported = ResultFiles.Write(results, Directory.CreateTempSubdirectory("exported").FullName);
        Assert.Equal(
            results.Analysis.BatchSizes.Where(s => s.Selected is not null).Select(s => string.Create(CultureInfo.InvariantCulture, $"m = {s.BatchSize}: {100 * s.Selected!.Mean:F1} % at η̃ = {s.BestBaseLearningRate}, 2 seeds of the grid")),
            await NotebookAsync(2, ("SMALLBATCH_RESULTS", exported)));

        Assert.Equal(HttpStatusCode.OK, (await silo.SendAsync(HttpMethod.Delete, "api/v1/sweeps/browsed")).Status);
        Assert.Equal("gone", (await EventsAsync(silo, null, e => e.Name == "gone", orMissing: true))[^1].Name);

        // A report that a silo has no memory for.
        Assert.Equal(HttpStatusCode.Created, (await silo.SubmitAsync(WebSilo.Spec.Replace("name: browsed", "name: long", StringComparison.Ordinal).Replace("epochs: 30", "epochs: 100000", StringComparison.Ordinal))).Status);
        var refused = await silo.SendAsync(HttpMethod.Get, "api/v1/sweeps/long/report");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("found 800,000 epochs of all replicas in sweep 'long', wanted at most 400,000", refused.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>The lines that one of the document's own examples prints, run as it stands there.</summary>
    private static async Task<string[]> NotebookAsync(int example, params (string Name, string Value)[] variables)
    {
        var document = (await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "notebook.md"), Token)).Split("```python\n");
        Assert.Equal(3, document.Length);
        var start = new ProcessStartInfo("python3", ["-c", document[example].Split("```")[0]])
        {
            WorkingDirectory = Directory.CreateTempSubdirectory("notebook").FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var python = Process.Start(start)!;
        var (output, errors) = (python.StandardOutput.ReadToEndAsync(Token), python.StandardError.ReadToEndAsync(Token));
        await python.WaitForExitAsync(Token);
        Assert.Equal((0, ""), (python.ExitCode, await errors));
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public async Task Every_operation_that_is_described_answers_whatever_it_is_asked_without_an_error_of_its_own()
    {
        await using var silo = await WebSilo.StartAsync();
        Assert.Equal(HttpStatusCode.Created, (await silo.SubmitAsync()).Status);
        var random = new Random(20261126);
        string[] odd = ["browsed", "nobody", "Browsed", "..", "%00", "a'b", "%F0%9F%98%80", "-1", "x%2Fy", new string('y', 3000)];
        string?[] bodies = [null, "", "{}", "[", "name: x", "\u0000", "{\"specText\":1}", "{\"specText\":\"name: y\"}", "a: &a [*a, *a]", new string('-', 20000)];
        foreach (var (method, path) in await OperationsAsync(silo))
        {
            for (var round = 0; round < 12; round++)
            {
                var asked = path;
                while (asked.IndexOf('{', StringComparison.Ordinal) is var open and >= 0)
                {
                    asked = asked[..open] + odd[random.Next(odd.Length)] + asked[(asked.IndexOf('}', open) + 1)..];
                }

                if (asked.EndsWith("events", StringComparison.Ordinal) && asked.Contains("browsed", StringComparison.Ordinal))
                {
                    continue;
                }

                if (random.Next(2) == 0)
                {
                    asked += $"?limit={odd[random.Next(odd.Length)]}&status={odd[random.Next(odd.Length)]}&attempt={odd[random.Next(odd.Length)]}";
                }

                // The limit on changes is not what is asked here.
                var (status, body) = method == "GET" || round < 2
                    ? await silo.SendAsync(new(method), asked.TrimStart('/'), bodies[random.Next(bodies.Length)], random.Next(2) == 0 ? "application/json" : "application/yaml")
                    : (HttpStatusCode.NotFound, default);
                Assert.True((int)status < 500, $"{method} {asked}: {status}");
                if ((int)status >= 400 && body.ValueKind == JsonValueKind.Object)
                {
                    Assert.DoesNotContain("   at ", body.GetRawText(), StringComparison.Ordinal);
                    Assert.Equal((int)status, body.GetProperty("status").GetInt32());
                }
            }
        }
    }

    [Fact]
    public async Task Events_are_described_as_the_status_that_they_tell()
    {
        await using var silo = await WebSilo.StartAsync();
        var document = (await silo.SendAsync(HttpMethod.Get, "api/v1/openapi.json")).Body;
        var answer = document.GetProperty("paths").GetProperty("/api/v1/sweeps/{name}/events").GetProperty("get").GetProperty("responses").GetProperty("200");
        Assert.Equal("#/components/schemas/SweepStatus", answer.GetProperty("content").GetProperty("text/event-stream").GetProperty("schema").GetProperty("$ref").GetString());
        Assert.True(document.GetProperty("components").GetProperty("schemas").GetProperty("SweepStatus").GetProperty("properties").TryGetProperty("etaDeviationSeconds", out _));
    }

    [Fact]
    public async Task Errors_come_all_at_once_and_limits_hold()
    {
        await using var silo = await WebSilo.StartAsync();
        var (status, body) = await silo.SendAsync(HttpMethod.Post, "api/v1/sweeps", "name: x\ndataset: synthetic\nbatchSizes: [0]\n");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.True(body.GetProperty("errors").GetArrayLength() >= 3);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await silo.SendAsync(HttpMethod.Post, "api/v1/sweeps", new string('#', 300_000))).Status);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await silo.SendAsync(HttpMethod.Post, "api/v1/sweeps", "name: x", "text/plain")).Status);
        Assert.Empty((await silo.SendAsync(HttpMethod.Get, "api/v1/sweeps")).Body.EnumerateArray());
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 40; i++)
        {
            answers.Add((await silo.SendAsync(HttpMethod.Post, "api/v1/sweeps/nobody/pause")).Status);
        }

        Assert.Contains(HttpStatusCode.TooManyRequests, answers);

        using var first = await silo.Http.GetAsync(new Uri("api/v1/sweeps", UriKind.Relative), Token);
        using var again = new HttpRequestMessage(HttpMethod.Get, "api/v1/sweeps");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await silo.Http.SendAsync(again, Token);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task With_tokens_every_operation_asks_for_one_and_a_viewer_changes_nothing()
    {
        await using var silo = await WebSilo.StartAsync($"--Access:ViewerToken={Viewer}", $"--Access:SubmitterToken={Submitter}");
        silo.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Viewer);
        var operations = await OperationsAsync(silo);
        Assert.True(operations.Count >= 18, $"{operations.Count} operations are described");
        silo.Http.DefaultRequestHeaders.Authorization = null;
        foreach (var (method, path) in operations)
        {
            var asked = path.Replace('{', 'x').Replace('}', 'x').TrimStart('/');
            Assert.Equal(HttpStatusCode.Unauthorized, (await silo.SendAsync(new(method), asked)).Status);
            var seen = (await silo.SendAsync(new(method), asked, token: Viewer)).Status;
            Assert.Equal(method != "GET" && !path.EndsWith("preview", StringComparison.Ordinal), seen == HttpStatusCode.Forbidden);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await silo.SendAsync(HttpMethod.Delete, "api/v1/sweeps/x", token: Submitter)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await silo.SendAsync(HttpMethod.Post, "api/v1/sweeps/x/pause", token: Submitter)).Status);

        Assert.Equal(HttpStatusCode.BadRequest, (await silo.SendAsync(HttpMethod.Post, "api/v1/sweeps", "name: x", token: Submitter)).Status);

        // Who changed what, or would have, is told, and never what he bears.
        await Processes.UntilAsync(
            () => Task.FromResult(silo.LogLines().Any(l => l.Contains("submitter by HTTP from 127.0.0.1: Submit on sweep/x: refused: ", StringComparison.Ordinal))), "the log tells of the change");
        Assert.DoesNotContain(silo.LogLines(), l => l.Contains(Viewer, StringComparison.Ordinal) || l.Contains(Submitter, StringComparison.Ordinal));

        // The page itself holds nothing, and must be there to ask for the token.
        Assert.Equal(HttpStatusCode.OK, (await silo.SendAsync(HttpMethod.Get, "")).Status);
    }

    [Fact]
    public async Task The_Orleans_Dashboard_is_for_operators_alone_and_changes_nothing_of_the_rest_and_is_not_there_unless_asked_for()
    {
        string[] asks = ["orleans/", "orleans/index.html", "orleans/index.min.js", "orleans/DashboardCounters", "orleans/Trace", "orleans/GrainState?grainId=x&grainType=y"];
        await using (var without = await WebSilo.StartAsync())
        {
            foreach (var path in asks)
            {
                Assert.Equal(HttpStatusCode.NotFound, (await without.SendAsync(HttpMethod.Get, path)).Status);
            }
        }

        await using var silo = await WebSilo.StartAsync("--Dashboard:On=true", $"--Access:ViewerToken={Viewer}", $"--Access:SubmitterToken={Submitter}", $"--Access:OperatorToken={Operator}");
        foreach (var path in asks)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await silo.SendAsync(HttpMethod.Get, path)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await silo.SendAsync(HttpMethod.Get, path, token: Viewer)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await silo.SendAsync(HttpMethod.Get, path, token: Submitter)).Status);
            Assert.Equal(path.Contains("Trace", StringComparison.Ordinal) || path.Contains("GrainState", StringComparison.Ordinal) ? HttpStatusCode.Forbidden : HttpStatusCode.OK, (await silo.SendAsync(HttpMethod.Get, path, token: Operator)).Status);
        }

        // A cookie bears a token to the dashboard, and to nothing else.
        Assert.Equal(HttpStatusCode.OK, await WithCookieAsync("orleans/DashboardCounters", Operator));
        Assert.Equal(HttpStatusCode.Forbidden, await WithCookieAsync("orleans/DashboardCounters", Viewer));
        Assert.Equal(HttpStatusCode.Unauthorized, await WithCookieAsync("api/v1/pool", Operator));
        Assert.DoesNotContain(await OperationsAsync(silo, Operator), o => o.Path.Contains("orleans", StringComparison.OrdinalIgnoreCase));
        using var page = await silo.Http.GetAsync(new Uri("", UriKind.Relative), Token);
        Assert.DoesNotContain("unsafe", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);

        async Task<HttpStatusCode> WithCookieAsync(string path, string token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("Cookie", $"smallbatch-token={token}");
            using var response = await silo.Http.SendAsync(request, Token);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task A_silo_that_other_machines_reach_serves_nobody_without_tokens_though_asked_from_its_own()
    {
        var own = NetworkInterface.GetAllNetworkInterfaces().SelectMany(n => n.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address).FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a));
        Assert.SkipWhen(own is null, "This machine has no address but its loopback.");
        await using var silo = await WebSilo.StartAsync($"--Endpoints:Address={own}");
        var (status, body) = await silo.SendAsync(HttpMethod.Get, "api/v1/sweeps");
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Contains("set Access:ViewerToken", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await silo.SendAsync(HttpMethod.Get, "health/live")).Status);
    }

    private static async Task<(HttpStatusCode, string?)> OutcomeAsync(Task<(HttpStatusCode Status, JsonElement Body)> answer) => ((await answer).Status, (await answer).Body.GetProperty("outcome").GetString());

    private static async Task<List<(string Method, string Path)>> OperationsAsync(WebSilo silo, string? token = null) =>
        [.. (await silo.SendAsync(HttpMethod.Get, "api/v1/openapi.json", token: token)).Body.GetProperty("paths").EnumerateObject()
            .Where(p => p.Name.StartsWith("/api/", StringComparison.Ordinal))
            .SelectMany(p => p.Value.EnumerateObject().Select(m => (m.Name.ToUpperInvariant(), p.Name)))];

    private static async Task<List<(string Name, string Id, JsonElement Data)>> EventsAsync(WebSilo silo, string? after, Func<(string Name, string Id, JsonElement Data), bool> last, bool orMissing = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/sweeps/browsed/events");
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after);
        }

        using var response = await silo.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        if (orMissing && response.StatusCode == HttpStatusCode.NotFound)
        {
            return [("gone", "", default)];
        }

        using var reader = new StreamReader(await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(Token));
        var events = new List<(string Name, string Id, JsonElement Data)>();
        var fields = new Dictionary<string, string>();
        while (await reader.ReadLineAsync(Token) is { } line)
        {
            if (line.Length > 0 && line[0] != ':')
            {
                fields[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..];
            }
            else if (line.Length == 0 && fields.Count > 0)
            {
                events.Add((fields["event"], fields["id"], JsonDocument.Parse(fields["data"]).RootElement));
                fields.Clear();
                if (last(events[^1]))
                {
                    return events;
                }
            }
        }

        throw new InvalidOperationException($"The events ended after {events.Count}, before the one that was waited for.");
    }
}
