using SmallBatch.Client.Cluster;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Bench.Chaos.Silos;

/// <summary>Questions to a cluster whose silos come and go: each is asked again, by another seat, until somebody answers.</summary>
internal sealed class ClusterView(ClusterProcesses cluster, CancellationToken cancellationToken) : IAsyncDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private ClusterConnection? connection;
    private Seat? by;
    private int next;

    /// <summary>Asks. Throws <see cref="TimeoutException"/> after three minutes without an answer.</summary>
    public async Task<T> AskAsync<T>(Func<IGrainFactory, Task<T>> question)
    {
        (T Answer, bool Given) found = default;
        await Processes.UntilAsync(async () => (found = await TryAsync(question)).Given, "a silo answers");
        return found.Answer;
    }

    /// <summary>Devices, leases and queue.</summary>
    public Task<PoolSnapshot> PoolAsync() => AskAsync(g => g.GetGrain<IGpuPoolGrain>("default").Describe());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task<(T Answer, bool Given)> TryAsync<T>(Func<IGrainFactory, Task<T>> question)
    {
        try
        {
            if (connection is null || by is not { IsUp: true, Numb: false })
            {
                await CloseAsync();
                by = cluster.Seats.Where(s => s is { IsUp: true, Numb: false }).ElementAtOrDefault(next++ % Math.Max(1, cluster.Seats.Count(s => s is { IsUp: true, Numb: false })));
                connection = by is null ? null : await ClusterProcesses.ConnectAsync(by, cancellationToken);
            }

            if (connection is not null)
            {
                return (await question(connection.Grains).WaitAsync(AnswerLimit, cancellationToken), true);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            await CloseAsync();
        }

        await Task.Delay(Pause, cancellationToken);
        return default;
    }

    private async Task CloseAsync()
    {
        var old = connection;
        connection = null;
        if (old is not null)
        {
            await old.DisposeAsync();
        }
    }
}
