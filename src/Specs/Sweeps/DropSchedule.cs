namespace SmallBatch.Specs.Sweeps;

/// <summary>When the learning rate drops, and by how much.</summary>
/// <param name="Fractions">Fractions of all updates, ascending, each in (0, 1); empty where it is epochs.</param>
/// <param name="Epochs">Epochs done, ascending, each at least 1; empty where it is fractions.</param>
/// <param name="Factor">Factor of each drop, in (0, 1].</param>
public sealed record DropSchedule(IReadOnlyList<double> Fractions, IReadOnlyList<int> Epochs, double Factor)
{
    /// <summary>÷ 10 at half and at three quarters of the updates (paper section 3).</summary>
    public static DropSchedule Default { get; } = new([0.5, 0.75], [], 0.1);
}
