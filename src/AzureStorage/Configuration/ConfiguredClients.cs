using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SmallBatch.AzureStorage.Writes;

namespace SmallBatch.AzureStorage.Configuration;

/// <summary>
/// Clients named by a section of the configuration: <c>ServiceKey</c>, a keyed client of the container; else
/// <c>ConnectionString</c>, or <c>ConnectionName</c> for one under ConnectionStrings. A string that is a URI is the service's:
/// with a query it carries its own signature, without one the managed identity signs.
/// </summary>
internal static class ConfiguredClients
{
    private const int MostRetries = 5;

    /// <summary>The table client; null where the section names none.</summary>
    public static TableServiceClient? Tables(IConfigurationSection section, IServiceProvider services) => Make(
        section,
        services,
        text => new TableServiceClient(text, Options(new TableClientOptions())),
        uri => uri.Query.Length > 0
            ? new TableServiceClient(uri, Options(new TableClientOptions()))
            : new TableServiceClient(uri, new DefaultAzureCredential(), Options(new TableClientOptions())));

    /// <summary>The blob client; null where the section names none.</summary>
    public static BlobServiceClient? Blobs(IConfigurationSection section, IServiceProvider services) => Make(
        section,
        services,
        text => new BlobServiceClient(text, Options(new BlobClientOptions())),
        uri => uri.Query.Length > 0
            ? new BlobServiceClient(uri, Options(new BlobClientOptions()))
            : new BlobServiceClient(uri, new DefaultAzureCredential(), Options(new BlobClientOptions())));

    /// <summary>As the official packages' clients: the library's exponential pauses from 0.8 s to a minute, and five tries more.</summary>
    public static TOptions Options<TOptions>(TOptions options)
        where TOptions : ClientOptions
    {
        options.Retry.MaxRetries = MostRetries;
        return options.WithRetryTracking();
    }

    private static T? Make<T>(IConfigurationSection section, IServiceProvider services, Func<string, T> fromText, Func<Uri, T> fromUri)
        where T : class
    {
        if (section["ServiceKey"] is { Length: > 0 } key)
        {
            return services.GetRequiredKeyedService<T>(key);
        }

        var text = section["ConnectionString"];
        if (string.IsNullOrEmpty(text) && section["ConnectionName"] is { Length: > 0 } name)
        {
            text = services.GetRequiredService<IConfiguration>().GetConnectionString(name);
        }

        return string.IsNullOrEmpty(text) ? null : Uri.TryCreate(text, UriKind.Absolute, out var uri) ? fromUri(uri) : fromText(text);
    }
}
