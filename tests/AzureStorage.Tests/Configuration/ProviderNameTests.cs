using System.Net;
using System.Net.Sockets;
using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Reminders.AzureStorage;
using Orleans.Storage;
using SmallBatch.Tests;

namespace SmallBatch.AzureStorage.Tests.Configuration;

/// <summary>Real silos and a real client that the configuration alone wires, under the official provider names.</summary>
public sealed class ProviderNameTests(AzuriteFixture azurite)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_silos_and_a_client_meet_and_state_and_reminders_outlive_a_silo()
    {
        var id = $"n{Guid.NewGuid():N}";
        using var first = await StartAsync(id);
        using var second = await StartAsync(id);
        using var client = await StartClientAsync(id);
        var grain = client.Services.GetRequiredService<IGrainFactory>().GetGrain<INoteGrain>("a");
        await grain.Keep("kept");
        var before = await grain.Read();
        Assert.Equal(("kept", "kept", 1), (before.Table, before.Blob, before.Reminders));
        var (holder, other) = before.Silo == Address(first) ? (first, second) : (second, first);
        await holder.StopAsync(Token);
        var after = await grain.Read();
        Assert.Equal(("kept", "kept", 1, Address(other)), (after.Table, after.Blob, after.Reminders, after.Silo));
    }

    [Fact]
    public async Task A_client_registered_under_a_key_is_used()
    {
        var id = $"k{Guid.NewGuid():N}";
        var settings = Settings(id);
        foreach (var section in new[] { "Clustering", "Reminders", "GrainStorage:rows" })
        {
            settings.Remove($"Orleans:{section}:ConnectionString");
            settings[$"Orleans:{section}:ServiceKey"] = "account";
        }

        using var silo = await StartAsync(id, settings, services => services.AddKeyedSingleton("account", azurite.Tables));
        using var client = await StartClientAsync(id);
        var grain = client.Services.GetRequiredService<IGrainFactory>().GetGrain<INoteGrain>("a");
        await grain.Keep("kept");
        Assert.Equal("kept", (await grain.Read()).Table);
    }

    [Fact]
    public async Task Contention_reaches_the_caller_as_what_it_is_and_the_grain_reads_again()
    {
        var id = $"c{Guid.NewGuid():N}";
        using var silo = await StartAsync(id);
        using var client = await StartClientAsync(id);
        var grain = client.Services.GetRequiredService<IGrainFactory>().GetGrain<INoteGrain>("a");
        await grain.Keep("kept");

        // Somebody else writes the row: its tag is not the grain's any more.
        await azurite.Tables.GetTableClient("NamedRows").UpdateEntityAsync(new TableEntity($"{id}_test-note_a", "note"), ETag.All, TableUpdateMode.Merge, Token);
        var failure = await Assert.ThrowsAsync<TableStorageUpdateConditionNotSatisfiedException>(() => grain.Keep("stale"));
        Assert.Equal(("test-note/a", "NamedRows", "Unknown"), (failure.GrainId, failure.TableName, failure.StoredEtag));
        Assert.StartsWith("W/", failure.CurrentEtag, StringComparison.Ordinal);
        Assert.Equal("kept", (await grain.Read()).Table);
        await grain.Keep("fresh");
        Assert.Equal("fresh", (await grain.Read()).Table);
    }

    [Theory]
    [InlineData("its key", "its key")]
    [InlineData(null, "rows")]
    public void A_serialiser_is_the_one_named_by_SerializerKey_else_the_storage_s_own_else_the_silo_s(string? key, string expected)
    {
        var settings = Settings("s");
        settings["Orleans:GrainStorage:rows:SerializerKey"] = key;
        IGrainStorageSerializer Make(object? name) => new NamedSerializer((string)name!);
        using var host = Host(settings, services => services
            .AddKeyedSingleton("its key", (_, name) => Make(name)).AddKeyedSingleton("rows", (_, name) => Make(name)).AddSingleton(Make("the silo's")));
        Assert.Equal(expected, Assert.IsType<NamedSerializer>(host.Services.GetRequiredService<IOptionsMonitor<AzureTableStorageOptions>>().Get("rows").GrainStorageSerializer).Name);
        Assert.Equal("the silo's", Assert.IsType<NamedSerializer>(host.Services.GetRequiredService<IOptionsMonitor<AzureBlobStorageOptions>>().Get("blobs").GrainStorageSerializer).Name);
    }

    [Fact]
    public void A_storage_as_default_is_the_silo_s_default_and_reminders_take_a_connection_string()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleans(silo =>
        {
            silo.UseAzureStorageClustering(o => o.TableServiceClient = azurite.Tables);
            silo.UseAzureTableReminderService(azurite.ConnectionString);
            silo.AddAzureTableGrainStorageAsDefault(o => o.TableServiceClient = azurite.Tables);
            silo.AddAzureBlobGrainStorage("large", o => o.BlobServiceClient = new(azurite.ConnectionString));
        });
        using var host = builder.Build();
        Assert.Equal("AzureTableGrainStorage", host.Services.GetRequiredService<IGrainStorage>().GetType().Name);
        Assert.Equal("AzureBlobGrainStorage", host.Services.GetRequiredKeyedService<IGrainStorage>("large").GetType().Name);
        Assert.Equal(azurite.Tables.Uri, host.Services.GetRequiredService<IOptions<AzureTableReminderStorageOptions>>().Value.TableServiceClient!.Uri);
    }

    [Fact]
    public async Task What_is_missing_or_wrong_is_said_when_the_host_starts_all_of_it_at_once()
    {
        var settings = Settings($"w{Guid.NewGuid():N}");
        settings.Remove("Orleans:GrainStorage:rows:ConnectionString");
        settings["Orleans:GrainStorage:blobs:ContainerName"] = "No Container";
        settings["Orleans:Reminders:TableName"] = "no-table";
        using var host = Host(settings);
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(Token));
        var text = failure.ToString();
        Assert.Contains("Azure table storage 'rows': found no TableServiceClient, wanted a client", text, StringComparison.Ordinal);
        Assert.Contains("Azure blob storage 'blobs': found a ContainerName that is none", text, StringComparison.Ordinal);
        Assert.Contains("Azure reminders: found a TableName that is none", text, StringComparison.Ordinal);
    }

    private sealed class NamedSerializer(string name) : IGrainStorageSerializer
    {
        public string Name { get; } = name;

        public BinaryData Serialize<T>(T? input) => throw new NotSupportedException();

        public T Deserialize<T>(BinaryData input) => throw new NotSupportedException();
    }

    private static string Address(IHost silo) => silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString();

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static IHost Host(Dictionary<string, string?> settings, Action<IServiceCollection>? services = null)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.ClearProviders();
        services?.Invoke(builder.Services);
        builder.UseOrleans(silo => silo.ConfigureEndpoints(IPAddress.Loopback, FreePort(), FreePort()));
        return builder.Build();
    }

    private Dictionary<string, string?> Settings(string id) => new()
    {
        ["Orleans:ClusterId"] = id,
        ["Orleans:ServiceId"] = id,
        ["ConnectionStrings:azurite"] = azurite.ConnectionString,
        ["Orleans:Clustering:ProviderType"] = "AzureTableStorage",
        ["Orleans:Clustering:ConnectionString"] = azurite.ConnectionString,
        ["Orleans:Reminders:ProviderType"] = "AzureTableStorage",
        ["Orleans:Reminders:ConnectionString"] = azurite.ConnectionString,
        ["Orleans:GrainStorage:rows:ProviderType"] = "AzureTableStorage",
        ["Orleans:GrainStorage:rows:ConnectionString"] = azurite.ConnectionString,
        ["Orleans:GrainStorage:rows:TableName"] = "NamedRows",
        ["Orleans:GrainStorage:blobs:ProviderType"] = "AzureBlobStorage",
        ["Orleans:GrainStorage:blobs:ConnectionName"] = "azurite",
        ["Orleans:GrainStorage:blobs:ContainerName"] = "named-blobs",
    };

    private async Task<IHost> StartAsync(string id, Dictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null)
    {
        var host = Host(settings ?? Settings(id), services);
        await host.StartAsync(Token);
        return host;
    }

    private async Task<IHost> StartClientAsync(string id)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(Settings(id).Where(s => !s.Key.Contains("GrainStorage", StringComparison.Ordinal) && !s.Key.Contains("Reminders", StringComparison.Ordinal)));
        builder.Logging.ClearProviders();
        builder.UseOrleansClient();
        var host = builder.Build();
        await host.StartAsync(Token);
        return host;
    }
}
