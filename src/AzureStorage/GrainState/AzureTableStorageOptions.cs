using Azure.Data.Tables;
using Orleans.Storage;

namespace Orleans.Configuration;

/// <summary>Options of grain state in an Azure table.</summary>
public sealed class AzureTableStorageOptions
{
    /// <summary>Account; required.</summary>
    public TableServiceClient? TableServiceClient { get; set; }

    /// <summary>Table, 3 to 63 letters and digits beginning with a letter; created where missing.</summary>
    public string TableName { get; set; } = "OrleansGrainState";

    /// <summary>Whether clearing removes the row; otherwise an empty one stays, with a new ETag. Default false.</summary>
    public bool DeleteStateOnClear { get; set; }

    /// <summary>Whether payloads are stored as text. Only for serialisers that write UTF-8 text. Default false.</summary>
    public bool UseStringFormat { get; set; }

    /// <summary>When in the silo's life the table is made ready.</summary>
    public int InitStage { get; set; } = ServiceLifecycleStage.ApplicationServices;

    /// <summary>Serialiser; required. Choose one that a renamed class survives.</summary>
    public IGrainStorageSerializer? GrainStorageSerializer { get; set; }
}
