using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Bench.Scale.Pool;

/// <summary>Who hears of offers: the hosts' process.</summary>
[Alias("smallbatch.bench.offers")]
internal interface IOffers : IGrainObserver
{
    /// <summary>A lease is offered.</summary>
    [Alias("Offered")]
    Task Offered(Lease lease);
}

/// <summary>Where the hosts' process says that it wants to hear of offers.</summary>
[Alias("smallbatch.bench.offer-taker")]
internal interface IOfferTaker : IGrainWithIntegerKey
{
    /// <summary>From now on.</summary>
    [Alias("Tell")]
    Task Tell(IOffers offers);
}

/// <summary>What the silo of row 7 has been told.</summary>
internal sealed class OfferListener
{
    /// <summary>Who hears of offers.</summary>
    public IOffers? Offers { get; set; }
}

/// <summary>Takes it down.</summary>
internal sealed class OfferTaker(OfferListener listener) : Grain, IOfferTaker
{
    /// <inheritdoc/>
    public Task Tell(IOffers offers)
    {
        listener.Offers = offers;
        return Task.CompletedTask;
    }
}

/// <summary>In the place of configurations, which would store rows and start trainers: tells of offers, and is asked for nothing else.</summary>
internal sealed class OfferedConfiguration(OfferListener listener) : Grain, IConfigurationGrain
{
    /// <inheritdoc/>
    public Task LeaseOffered(Lease lease) => listener.Offers!.Offered(lease);

    /// <summary>A training has ended, and its host's heartbeat was heard before its release: the hosts' process knows that.</summary>
    public Task LeaseLost(LeaseToken token, string reason) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task Queue(QueueOrder order) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task Halt(HaltOrder order) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task Forget(long controlVersion) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<Receipt> Report(ProgressReport report) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<Receipt> CheckpointUploaded(CheckpointReport report) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<Receipt> AttemptEnded(AttemptReport report) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<bool> Settle() => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<bool> LetGo() => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<ConfigurationSnapshot?> Describe() => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<string?> Log(int attempt, CancellationToken cancellationToken) => throw new NotSupportedException();
}
