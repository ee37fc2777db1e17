using Azure.Data.Tables;

namespace Orleans.Reminders.AzureStorage;

/// <summary>Options of the reminder table.</summary>
public sealed class AzureTableReminderStorageOptions
{
    /// <summary>Account; required.</summary>
    public TableServiceClient? TableServiceClient { get; set; }

    /// <summary>Table; created where missing.</summary>
    public string TableName { get; set; } = "OrleansReminders";
}
