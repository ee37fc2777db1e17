namespace SmallBatch.Specs.Settings;

/// <summary>Where in the training set a step stands.</summary>
/// <param name="Epoch">Epoch, from 0.</param>
/// <param name="First">Place of its first image in the epoch's order.</param>
/// <param name="Count">Images of its batch.</param>
/// <param name="FullBatch">Images of a whole batch in this epoch.</param>
public readonly record struct BatchPlace(int Epoch, int First, int Count, int FullBatch);

/// <summary>
/// Which batch each update takes: epochs of ⌈N/m⌉ updates, the last partial batch being kept, m growing where asked for, until
/// the budget is spent. A pure function of the settings. Steps count from 0.
/// </summary>
public sealed class EpochPlan
{
    private readonly int images;
    private readonly (int Epoch, long Step, int BatchSize)[] phases;

    /// <summary>The plan of a training set of <paramref name="images"/>.</summary>
    /// <param name="images">N.</param>
    /// <param name="batchSize">m, in the first epoch.</param>
    /// <param name="growth">Where it grows, ascending by epoch.</param>
    /// <param name="epochs">The budget in epochs, or null.</param>
    /// <param name="updates">The budget in updates, or null; exactly one of the two is given.</param>
    public EpochPlan(int images, int batchSize, IReadOnlyList<BatchGrowth> growth, int? epochs, long? updates)
    {
        ArgumentNullException.ThrowIfNull(growth);
        this.images = images;
        var list = new List<(int, long, int)> { (0, 0, batchSize) };
        foreach (var step in growth)
        {
            var (epoch, first, size) = list[^1];
            list.Add((step.Epoch, first + ((step.Epoch - epoch) * PerEpoch(size)), step.BatchSize));
        }

        phases = [.. list];
        Updates = updates ?? EpochEnd(epochs!.Value);
        Epochs = epochs ?? (int)(At(Updates - 1).Epoch + 1);
    }

    /// <summary>Updates of the whole run.</summary>
    public long Updates { get; }

    /// <summary>Epochs of the whole run, the last perhaps not whole.</summary>
    public int Epochs { get; }

    /// <summary>Images trained on in the whole run, by one replica.</summary>
    public long Images => At(Updates - 1) is var last ? ((long)last.Epoch * images) + last.First + last.Count : 0;

    /// <summary>Which batch a step takes.</summary>
    public BatchPlace At(long step)
    {
        var phase = phases.Last(p => p.Step <= step);
        var within = step - phase.Step;
        var perEpoch = PerEpoch(phase.BatchSize);
        var first = (int)(within % perEpoch * phase.BatchSize);
        return new(phase.Epoch + (int)(within / perEpoch), first, Math.Min(phase.BatchSize, images - first), phase.BatchSize);
    }

    /// <summary>Updates done when so many epochs have ended.</summary>
    public long EpochEnd(int epochs)
    {
        var phase = phases.Last(p => p.Epoch <= epochs);
        return phase.Step + ((epochs - phase.Epoch) * PerEpoch(phase.BatchSize));
    }

    /// <summary>Whether an epoch, perhaps the last and not whole, ends when so many updates are done.</summary>
    public bool EndsEpoch(long updates) => updates == Updates || At(updates).First == 0;

    private long PerEpoch(int batchSize) => (images + (long)batchSize - 1) / batchSize;
}
