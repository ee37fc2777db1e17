using Azure.Data.Tables;
using SmallBatch.Client.Azurite;

[assembly: AssemblyFixture(typeof(SmallBatch.Tests.AzuriteFixture))]

namespace SmallBatch.Tests;

/// <summary>One Azurite for all tests of an assembly; each test uses keys of its own.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private AzuriteProcess? azurite;

    public string ConnectionString => azurite!.ConnectionString;

    public TableServiceClient Tables => new(ConnectionString);

    public async ValueTask InitializeAsync() => azurite = await AzuriteProcess.StartAsync(new(Folder: null), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync() => await azurite!.DisposeAsync();
}
