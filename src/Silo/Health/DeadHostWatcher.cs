using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Silo.Health;

/// <summary>Tells the pool of every silo that membership declares dead. All silos do; it is idempotent, and any of them may be the last.</summary>
internal sealed partial class DeadHostWatcher(IClusterMembershipService membership, IGrainFactory grains, TimeProvider time, ILogger<DeadHostWatcher> logger) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var told = new HashSet<SiloAddress>();
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken))
        {
            foreach (var member in snapshot.Members.Values.Where(m => m.Status == SiloStatus.Dead && told.Add(m.SiloAddress)))
            {
                await TellAsync(member.SiloAddress, stoppingToken);
            }
        }
    }

    private async Task TellAsync(SiloAddress silo, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await grains.GetGrain<IGpuPoolGrain>(GpuPoolOptions.DefaultPool).HostDied(silo.ToParsableString());
                return;
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                NotTold(silo, failure.Message);
                await Task.Delay(RetryAfter, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The pool could not be told that {Silo} is dead: {Failure}; trying again")]
    private partial void NotTold(SiloAddress silo, string failure);
}
