namespace SmallBatch.Specs.Sweeps;

/// <summary>Why a batch is cut into parts.</summary>
public enum MicroBatchRule
{
    /// <summary><c>batchNormBatchSize</c>: batch normalisation over so many images (paper section 3.6).</summary>
    Size,

    /// <summary><c>accumulate</c>: so many parts, one after another, their gradients added.</summary>
    Parts,

    /// <summary><c>workers</c> that normalise alone: as many parts as workers; what each sees is its part of the batch.</summary>
    Workers,

    /// <summary><c>workers</c> with synchronised normalisation: the statistics of the whole batch, so nothing is cut.</summary>
    SynchronisedWorkers,
}

/// <summary>How a batch is cut into parts that are normalised alone. The update is that of the whole batch always.</summary>
/// <param name="Rule">What the number means.</param>
/// <param name="Number">Images of a part, or parts of a batch, at least 1.</param>
public sealed record MicroBatches(MicroBatchRule Rule, int Number)
{
    /// <summary>Images of a part for a batch of m, or null for the whole.</summary>
    public int? Size(int batchSize) => Rule switch
    {
        MicroBatchRule.Size when Number < batchSize => Number,
        MicroBatchRule.Parts or MicroBatchRule.Workers when Number > 1 => batchSize / Number,
        _ => null,
    };

    /// <summary>Whether a batch of m can be cut so.</summary>
    public bool Fits(int batchSize) => Rule == MicroBatchRule.Size ? Number <= batchSize && batchSize % Number == 0 : batchSize % Number == 0;
}
