using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace SmallBatch.Web.Tests;

/// <summary>A silo with two slots as a real process on a real store, spoken to by HTTP alone.</summary>
internal sealed class WebSilo : IAsyncDisposable
{
    /// <summary>Six configurations of a few seconds.</summary>
    public const string Spec = """
        name: browsed
        dataset: { kind: synthetic, trainImages: 160, testImages: 60 }
        network: tiny.yaml
        batchSizes: [4, 12]
        baseLearningRates: [2^-7, 2^-5]
        replicas: 2
        confirm: 2
        epochs: 30
        augment: false
        """;

    private readonly ClusterProcesses processes;

    private WebSilo(ClusterProcesses processes) => this.processes = processes;

    public HttpClient Http { get; } = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<WebSilo> StartAsync(params string[] settings)
    {
        var silo = new WebSilo(await ClusterProcesses.StartAsync(ClusterProcesses.ShortTimes, null, Token));
        var seat = await silo.processes.AddSeatAsync(2, null, settings);
        await seat.RunAsync(Token);
        silo.Http.BaseAddress = seat.Http;
        return silo;
    }

    /// <summary>Every line of its log.</summary>
    public IReadOnlyList<string> LogLines() => processes.LogLines();

    /// <summary>Kills the silo and starts it again at the same place.</summary>
    public async Task RestartAsync()
    {
        processes.Seats[0].Silo!.Kill();
        await processes.Seats[0].RunAsync(Token);
    }

    /// <summary>Submits a specification, <see cref="Spec"/> where none is named, its network beside it.</summary>
    public Task<(HttpStatusCode Status, JsonElement Body)> SubmitAsync(string spec = Spec, string network = Bench.Chaos.ChaosSweep.Network) =>
        SendAsync(HttpMethod.Post, "api/v1/sweeps", JsonSerializer.Serialize(new { specText = spec, networkText = network }), "application/json");

    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? body = null, string type = "application/yaml", string? token = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type));
        }

        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        using var response = await Http.SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        return (response.StatusCode, response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true ? JsonDocument.Parse(text).RootElement : JsonSerializer.SerializeToElement(text));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await processes.DisposeAsync();
    }
}
