namespace SmallBatch.Training.Networks;

/// <summary>How the replicas of a job are cut into groups that train fused. Bits do not depend on it; speed does.</summary>
internal static class ReplicaGroups
{
    /// <summary>On a CPU fusing pays while m·K stays below this.</summary>
    private const int ImagesPerStep = 40;
    private const int LargestGroup = 8;

    /// <summary>Sizes of the groups, each at least 2 except for a lone replica, whose group is padded to 2.</summary>
    public static IReadOnlyList<int> Sizes(int replicas, int batchSize)
    {
        var most = Math.Clamp(ImagesPerStep / batchSize, 3, LargestGroup);
        var groups = (replicas + most - 1) / most;
        return [.. Enumerable.Range(0, groups).Select(g => (replicas / groups) + (g < replicas % groups ? 1 : 0))];
    }
}
