using System.Diagnostics;
using System.Globalization;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using SmallBatch.Client.Azurite;
using SmallBatch.Grains;
using SmallBatch.Grains.Configurations;
using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Bench.Scale.Pool;

/// <summary>A silo, as a process, with the pool's real grain over the store's real rows, and nothing else of ours that works.</summary>
internal sealed class PoolSilo : IAsyncDisposable
{
    /// <summary>The argument that makes this program that process; the store's connection string and two ports follow.</summary>
    public const string Argument = "--pool-silo";

    private const string Ready = "ready";
    private readonly Process process;
    private readonly IHost client;

    private PoolSilo(Process process, IHost client) => (this.process, this.client) = (process, client);

    /// <summary>Its process id.</summary>
    public int ProcessId => process.Id;

    /// <summary>Its grains, over a connection.</summary>
    public IGrainFactory Grains => client.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Starts it and connects.</summary>
    public static async Task<PoolSilo> StartAsync(string connectionString)
    {
        var ports = FreePorts.Take(2);
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (var argument in (string[])[Argument, connectionString, .. ports.Select(p => p.ToString(CultureInfo.InvariantCulture))])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        var ready = new TaskCompletionSource();
        process.OutputDataReceived += (_, line) => Heard(line.Data, ready);
        process.BeginOutputReadLine();
        await ready.Task;
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.UseOrleansClient(c => c.UseLocalhostClustering(ports[1]));
        var client = builder.Build();
        await client.StartAsync();
        return new(process, client);
    }

    /// <summary>Is that process, until its input ends.</summary>
    public static async Task RunAsync(string connectionString, int siloPort, int gatewayPort)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Logging.AddFilter("SmallBatch", LogLevel.Warning);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new TableServiceClient(connectionString));
        builder.Services.AddSingleton<IHostLiveness, EveryHostLives>();
        builder.Services.AddSingleton<OfferListener>();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(siloPort, gatewayPort);
            silo.AddSmallBatchGrains();
            silo.Services.PostConfigure<GrainTypeOptions>(o => o.Classes.Remove(typeof(ConfigurationGrain)));
        });
        using var host = builder.Build();
        await host.StartAsync();
        Console.WriteLine(Ready);
        while (await Console.In.ReadLineAsync() is not null)
        {
        }

        await host.StopAsync();
    }

    private static void Heard(string? line, TaskCompletionSource ready)
    {
        if (line == Ready)
        {
            ready.SetResult();
        }
        else if (line is null)
        {
            ready.TrySetException(new InvalidOperationException("the pool's silo ended before it was ready; what it said stands above"));
        }
        else
        {
            Console.Error.WriteLine(line);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await client.StopAsync();
        client.Dispose();
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>The hosts are no silos, so membership knows none of them.</summary>
    private sealed class EveryHostLives : IHostLiveness
    {
        public bool MayBeAlive(string host) => true;

        public bool IsDead(string host) => false;
    }
}
