using Azure.Core;
using Azure.Data.Tables;
using Azure.Data.Tables.Sas;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SmallBatch.AzureStorage.Configuration;
using SmallBatch.Tests;

namespace SmallBatch.AzureStorage.Tests.Configuration;

/// <summary>Which client a section of the configuration names.</summary>
public sealed class ConfiguredClientTests(AzuriteFixture azurite)
{
    private static readonly DateTimeOffset Expiry = new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_string_or_one_of_its_name_opens_the_account()
    {
        foreach (var settings in new[] { Of("ConnectionString", azurite.ConnectionString), Of("ConnectionName", "azurite", azurite.ConnectionString) })
        {
            Assert.NotNull((await ConfiguredClients.Tables(settings.GetSection("s"), Services(settings))!.GetPropertiesAsync(Token)).Value);
            Assert.NotNull((await ConfiguredClients.Blobs(settings.GetSection("s"), Services(settings))!.GetPropertiesAsync(Token)).Value);
        }
    }

    [Fact]
    public async Task A_uri_with_a_signature_is_used_as_it_is()
    {
        var tables = azurite.Tables.GenerateSasUri(TableAccountSasPermissions.All, TableAccountSasResourceTypes.All, Expiry);
        var blobs = new BlobServiceClient(azurite.ConnectionString).GenerateAccountSasUri(AccountSasPermissions.All, Expiry, AccountSasResourceTypes.All);
        Assert.NotNull((await ConfiguredClients.Tables(Of("ConnectionString", tables.AbsoluteUri).GetSection("s"), Services())!.GetPropertiesAsync(Token)).Value);
        Assert.NotNull((await ConfiguredClients.Blobs(Of("ConnectionString", blobs.AbsoluteUri).GetSection("s"), Services())!.GetPropertiesAsync(Token)).Value);
    }

    [Fact]
    public async Task A_bare_uri_is_signed_by_the_managed_identity_which_the_client_refuses_to_send_in_clear()
    {
        var secure = Of("ConnectionString", "https://account.example").GetSection("s");
        Assert.Equal(new Uri("https://account.example"), ConfiguredClients.Tables(secure, Services())!.Uri);
        Assert.Equal(new Uri("https://account.example"), ConfiguredClients.Blobs(secure, Services())!.Uri);
        var clear = Of("ConnectionString", "http://account.example").GetSection("s");
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => ConfiguredClients.Tables(clear, Services())!.GetPropertiesAsync(Token));
        Assert.Contains("token authentication is not permitted", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("TokenCredential", Assert.Throws<ArgumentException>(() => ConfiguredClients.Blobs(clear, Services())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_names_a_client_of_the_container_and_nothing_names_none()
    {
        var services = new ServiceCollection().AddKeyedSingleton("account", azurite.Tables).AddKeyedSingleton("account", new BlobServiceClient(azurite.ConnectionString)).BuildServiceProvider();
        var section = Of("ServiceKey", "account").GetSection("s");
        Assert.Same(services.GetRequiredKeyedService<TableServiceClient>("account"), ConfiguredClients.Tables(section, services));
        Assert.Same(services.GetRequiredKeyedService<BlobServiceClient>("account"), ConfiguredClients.Blobs(section, services));
        Assert.Null(ConfiguredClients.Tables(Of("Other", "x").GetSection("s"), services));
    }

    [Fact]
    public void Clients_try_five_times_more_with_growing_pauses_from_0_8_s_to_a_minute()
    {
        var retry = ConfiguredClients.Options(new TableClientOptions()).Retry;
        Assert.Equal((5, RetryMode.Exponential, TimeSpan.FromSeconds(0.8), TimeSpan.FromMinutes(1)), (retry.MaxRetries, retry.Mode, retry.Delay, retry.MaxDelay));
    }

    private static ServiceProvider Services(IConfiguration? configuration = null) => new ServiceCollection().AddSingleton(configuration ?? Of("a", "b")).BuildServiceProvider();

    private static IConfiguration Of(string key, string value, string? connection = null) =>
        new ConfigurationBuilder().AddInMemoryCollection([new($"s:{key}", value), new("ConnectionStrings:azurite", connection)]).Build();
}
