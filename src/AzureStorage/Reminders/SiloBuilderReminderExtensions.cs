using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using SmallBatch.AzureStorage.Reminders;

namespace Orleans.Hosting;

/// <summary>Registers reminders in Azure tables, under the official provider's name.</summary>
public static class SiloBuilderReminderExtensions
{
    /// <summary>Keeps reminders in an Azure table.</summary>
    public static ISiloBuilder UseAzureTableReminderService(this ISiloBuilder builder, Action<AzureTableReminderStorageOptions> configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddReminders();
        builder.Services.AddOptions<AzureTableReminderStorageOptions>().Configure(configureOptions)
            .Validate(o => o.TableServiceClient is not null, "Azure reminders: found no TableServiceClient, wanted one.")
            .ValidateOnStart();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IReminderTable, AzureReminderTable>();
        return builder;
    }
}
