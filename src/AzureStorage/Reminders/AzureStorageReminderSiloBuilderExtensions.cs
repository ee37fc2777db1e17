using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Reminders.AzureStorage;
using SmallBatch.AzureStorage.Configuration;
using SmallBatch.AzureStorage.Reminders;

namespace Orleans.Hosting;

/// <summary>Registers reminders in Azure tables, under the official provider's name.</summary>
public static class AzureStorageReminderSiloBuilderExtensions
{
    /// <summary>Keeps reminders in an Azure table of the account of this connection string.</summary>
    public static ISiloBuilder UseAzureTableReminderService(this ISiloBuilder builder, string connectionString) =>
        builder.UseAzureTableReminderService(options => options.TableServiceClient = new(connectionString, ConfiguredClients.Options(new TableClientOptions())));

    /// <summary>Keeps reminders in an Azure table.</summary>
    public static ISiloBuilder UseAzureTableReminderService(this ISiloBuilder builder, Action<AzureTableReminderStorageOptions> configureOptions) =>
        builder.UseAzureTableReminderService(options => options.Configure(configureOptions));

    /// <summary>Keeps reminders in an Azure table, with options that take services.</summary>
    public static ISiloBuilder UseAzureTableReminderService(this ISiloBuilder builder, Action<OptionsBuilder<AzureTableReminderStorageOptions>>? configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddReminders();
        var options = builder.Services.AddOptions<AzureTableReminderStorageOptions>();
        configureOptions?.Invoke(options);
        options
            .Validate(o => o.TableServiceClient is not null, $"Azure reminders: found no TableServiceClient, wanted {OptionRules.ClientWanted}.")
            .Validate(o => OptionRules.TableName().IsMatch(o.TableName ?? ""), OptionRules.BadTable("Azure reminders"))
            .ValidateOnStart();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IReminderTable, AzureReminderTable>();
        return builder;
    }
}
