using SmallBatch.Training.Randomness;

namespace SmallBatch.Training.Datasets;

/// <summary>
/// Keeps training images back: the first of one random order of their numbers, which depends on nothing but how many there are.
/// So every sweep over a dataset keeps the same ones back, whatever its seed, and a smaller share is part of a larger one.
/// </summary>
internal static class ValidationSplit
{
    /// <summary>Numbers of the images that are kept back, ascending.</summary>
    public static int[] Of(int images, int kept) => [.. new ReplicaStream(0, "validation", 0).Permutation(0, images).Take(kept).Order()];

    /// <summary>
    /// The images with so many kept back. Pixels are normalised by the mean and deviation of all training images, as without: no label
    /// enters those.
    /// </summary>
    public static DatasetImages Split(DatasetImages all, int kept)
    {
        var validation = Of(all.Train.Count, kept);
        var back = validation.ToHashSet();
        return new(all.Train.At([.. Enumerable.Range(0, all.Train.Count).Where(i => !back.Contains(i))]), all.Test, all.Classes, all.Sums) { Validation = all.Train.At(validation) };
    }
}
