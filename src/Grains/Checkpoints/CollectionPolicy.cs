using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.Configurations;

namespace SmallBatch.Grains.Checkpoints;

/// <summary>What becomes of a blob.</summary>
internal enum BlobFate
{
    /// <summary>Its configuration's row refers to it.</summary>
    Referenced,

    /// <summary>Its lease is the current one: it may be on its way to be referred to.</summary>
    Current,

    /// <summary>Nobody refers to it, but so lately that one may yet, or may again where the store loses its last seconds.</summary>
    Young,

    /// <summary>Nobody refers to it, and nobody ever will.</summary>
    Garbage,

    /// <summary>Its name is no checkpoint's: whoever put it there may delete it.</summary>
    Foreign,
}

/// <summary>Judges blobs, purely. The row is read first, then the blobs are listed.</summary>
internal static class CollectionPolicy
{
    /// <summary>The checkpoints that a configuration, or the same on a longer budget, may still resume from. A cancelled one resumes from none.</summary>
    public static IEnumerable<CheckpointReference> References(ConfigurationState state) => state.Cancelled ? [] : state.References;

    /// <summary>
    /// What becomes of a blob. A grant is stored before anything is uploaded under it, so a row that was read
    /// <paramref name="spareFor"/> after a blob was written knows that blob's lease.
    /// </summary>
    public static BlobFate Judge(CheckpointBlob blob, StoredConfiguration row, TimeSpan spareFor)
    {
        if (CheckpointName.Parse(blob.Name) is not { } name)
        {
            return BlobFate.Foreign;
        }

        if (References(row.State).Any(r => r.BlobName == blob.Name))
        {
            return BlobFate.Referenced;
        }

        if (row.State.IsCurrent(name.Token))
        {
            return BlobFate.Current;
        }

        return row.ReadAt - blob.WrittenAt < spareFor || row.ReadAt - row.WrittenAt < spareFor ? BlobFate.Young : BlobFate.Garbage;
    }
}
