using Azure.Data.Tables;

namespace Orleans.Clustering.AzureStorage;

/// <summary>Options of the membership table.</summary>
public sealed class AzureStorageClusteringOptions
{
    /// <summary>Account; required.</summary>
    public TableServiceClient? TableServiceClient { get; set; }

    /// <summary>Table; created where missing.</summary>
    public string TableName { get; set; } = "OrleansSiloInstances";
}

/// <summary>Options of the list of gateways, for clients.</summary>
public sealed class AzureStorageGatewayOptions
{
    /// <summary>Account; required.</summary>
    public TableServiceClient? TableServiceClient { get; set; }

    /// <summary>Table.</summary>
    public string TableName { get; set; } = "OrleansSiloInstances";
}
