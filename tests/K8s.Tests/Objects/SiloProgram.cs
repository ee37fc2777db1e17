using System.Collections.Concurrent;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using SmallBatch.Silo;
using SmallBatch.Silo.Telemetry;
using SmallBatch.Tests;
using SmallBatch.Tls;

namespace SmallBatch.K8s.Tests.Objects;

/// <summary>The silo as its program wires it with the variables of a container; never started.</summary>
internal sealed class SiloProgram
{
    private const string Prefix = "SMALLBATCH_";
    private static readonly ConcurrentDictionary<string, Lazy<SiloProgram>> Wired = new(StringComparer.Ordinal);

    /// <summary>What a Secret that is mounted would hold: settings are judged by what is there.</summary>
    private static readonly Lazy<string> Certificate = new(() =>
    {
        using var authority = new Authority("smallbatch-authority");
        return authority.Issue(Path.Combine(AppContext.BaseDirectory, "mounted-tls"), TlsFolder.SiloName);
    });

    private readonly WebApplication app;

    private SiloProgram(WebApplication app, IReadOnlyDictionary<string, Type> sections, IConfiguration settings) => (this.app, Sections, Settings) = (app, sections, settings);

    /// <summary>Which class reads which section.</summary>
    public IReadOnlyDictionary<string, Type> Sections { get; }

    /// <summary>What it was told.</summary>
    public IConfiguration Settings { get; }

    /// <summary>The paths that it serves.</summary>
    public IEnumerable<string> Paths => ((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Select(e => e.RoutePattern.RawText!);

    /// <summary>How long it may take to stop.</summary>
    public TimeSpan StopsWithin => Get<HostOptions>().ShutdownTimeout;

    /// <summary>How long it may try to join.</summary>
    public TimeSpan JoinsWithin => Get<ClusterMembershipOptions>().MaxJoinAttemptTime;

    /// <summary>Its settings of one class.</summary>
    public T Get<T>()
        where T : class => app.Services.GetRequiredService<IOptions<T>>().Value;

    /// <summary>Makes its metrics, as its start does.</summary>
    public void BeginMetrics() => MetricsExport.Begin(app.Services);

    /// <summary>Why it would not start with these settings.</summary>
    public IReadOnlyList<string> Refusals()
    {
        try
        {
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (Exception refused) when (refused is OptionsValidationException or AggregateException)
        {
            return [refused.Message];
        }
    }

    /// <summary>Wires it as its own program does, once for the same variables.</summary>
    public static SiloProgram Wire(Rendering rendering, V1Container container)
    {
        var told = Variables(rendering, container).OrderBy(v => v.Key, StringComparer.Ordinal).ToList();
        return Wired.GetOrAdd(string.Join('\n', told), _ => new(() => Wire(told))).Value;
    }

    /// <summary>Every variable of a container, those that the cluster fills in with an example.</summary>
    public static IReadOnlyDictionary<string, string?> Variables(Rendering rendering, V1Container container)
    {
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var pair in (container.EnvFrom ?? []).SelectMany(f => rendering.Of<V1ConfigMap>().Single(m => m.Name() == f.ConfigMapRef.Name).Data))
        {
            variables[pair.Key] = pair.Value;
        }

        foreach (var variable in container.Env ?? [])
        {
            variables[variable.Name] = variable.Name == $"{Prefix}Tls__Folder" ? Certificate.Value : variable.Value ?? Example(variable.ValueFrom);
        }

        return variables;
    }

    private static SiloProgram Wire(IEnumerable<KeyValuePair<string, string?>> told)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(told
            .Where(v => v.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(v => KeyValuePair.Create(v.Key[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal), v.Value))).Build();
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Configuration.AddConfiguration(settings);
        var sections = builder.AddSettings();
        builder.AddCluster();
        builder.AddMachine();
        builder.AddMetricsExport();
        var app = builder.Build();
        app.MapHealth();
        app.MapMetrics();
        return new(app, sections, settings);
    }

    private static string Example(V1EnvVarSource source) => source switch
    {
        { FieldRef.FieldPath: "status.podIP" } => "10.1.2.3",
        { FieldRef.FieldPath: "metadata.name" } => "smallbatch-0",
        { SecretKeyRef.Key: "connection-string" } => "UseDevelopmentStorage=true",
        { SecretKeyRef.Key: var key } => $"{key}-of-enough-characters",
        _ => throw new InvalidOperationException("found a variable from a source that no test knows, wanted status.podIP, metadata.name or a secret's key"),
    };
}
