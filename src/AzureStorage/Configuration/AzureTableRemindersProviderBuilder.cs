using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers;
using SmallBatch.AzureStorage.Configuration;

[assembly: RegisterProvider("AzureTableStorage", "Reminders", "Silo", typeof(AzureTableRemindersProviderBuilder))]

namespace SmallBatch.AzureStorage.Configuration;

/// <summary><c>Orleans:Reminders:ProviderType = AzureTableStorage</c>.</summary>
internal sealed class AzureTableRemindersProviderBuilder : IProviderBuilder<ISiloBuilder>
{
    /// <inheritdoc/>
    public void Configure(ISiloBuilder builder, string? name, IConfigurationSection configurationSection) =>
        builder.UseAzureTableReminderService(options => options.Configure<IServiceProvider>((o, services) =>
        {
            o.TableName = configurationSection[nameof(o.TableName)] ?? o.TableName;
            o.TableServiceClient = ConfiguredClients.Tables(configurationSection, services);
        }));
}
