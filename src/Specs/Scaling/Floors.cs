namespace SmallBatch.Specs.Scaling;

/// <summary>How far one round of <see cref="SmallerForms"/> brings a specification down; what is below that already stays.</summary>
/// <param name="Seeds">Fewest replicas, and fewest fresh seeds.</param>
/// <param name="Epochs">Fewest epochs, or what is as long in updates of the largest m or in examples.</param>
/// <param name="TrainImages">Fewest training images.</param>
/// <param name="TestImages">Fewest test images.</param>
/// <param name="Side">Fewest pixels of a crop's side, for a dataset of larger images.</param>
internal sealed record Floors(int Seeds, int Epochs, int TrainImages, int TestImages, int Side)
{
    /// <summary>The rounds: still a study; a rough look; the least that runs.</summary>
    public static IReadOnlyList<Floors> Rounds { get; } = [new(3, 10, 4096, 1000, 128), new(2, 3, 1024, 500, 64), new(2, 1, 256, 250, 64)];
}
