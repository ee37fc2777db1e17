namespace SmallBatch.Bench.Answer;

/// <summary>What is true of one batch size.</summary>
/// <param name="BatchSize">m.</param>
/// <param name="Top">True mean on its plateau.</param>
/// <param name="Width">Base learning rates on the plateau.</param>
/// <param name="Deviation">True deviation between seeds.</param>
internal sealed record Truth(int BatchSize, double Top, int Width, double Deviation);

/// <summary>A sweep whose truth is known: every batch size at nine base learning rates.</summary>
/// <param name="Name">What is hard about it.</param>
/// <param name="BatchSizes">What is true of each.</param>
/// <param name="Fall">How much the mean falls from one base learning rate to the next below the plateau.</param>
internal sealed record Scenario(string Name, Truth[] BatchSizes, double Fall)
{
    private static readonly int[] Sizes = [2, 8, 32, 128, 512];

    public const int Rates = 9;

    /// <summary>The plateau's last base learning rate; beyond it seeds diverge, three in ten of the next, then all.</summary>
    public const int Edge = 6;

    public static Scenario[] All { get; } =
    [
        new("all tied", Make([0.9, 0.9, 0.9, 0.9, 0.9], [6, 4, 3, 2, 1], [1, 1, 1, 1, 1]), 0.03),
        new("tied, unequal spread", Make([0.9, 0.9, 0.9, 0.9, 0.9], [6, 4, 3, 2, 1], [0.3, 0.5, 1, 2, 4]), 0.03),
        new("tied, widest noisiest", Make([0.9, 0.9, 0.9, 0.9, 0.9], [6, 4, 3, 2, 1], [4, 2, 1, 0.5, 0.3]), 0.03),
        new("equal, unequal spread", Make([0.9, 0.9, 0.9, 0.9, 0.9], [6, 6, 6, 6, 6], [0.3, 0.5, 1, 2, 4]), 0.3),
        new("narrow best", Make([0.905, 0.9, 0.9, 0.9, 0.9], [1, 6, 6, 5, 4], [1, 1, 1, 1, 1]), 0.03),
        new("noisy best", Make([0.905, 0.9, 0.895, 0.89, 0.88], [2, 5, 4, 3, 2], [3, 1, 1, 1, 0.5]), 0.03),
        new("gentle slopes", Make([0.9, 0.9, 0.9, 0.89, 0.88], [1, 2, 3, 2, 1], [1, 1, 1, 1, 1]), 0.004),
        new("one ahead", Make([0.92, 0.9, 0.89, 0.87, 0.84], [5, 4, 3, 2, 1], [0.5, 0.5, 1, 1, 2]), 0.03),
    ];

    /// <summary>The true mean at a base learning rate.</summary>
    public double Mean(Truth truth, int rate) => truth.Top - (Fall * (rate > Edge ? rate - Edge : Math.Max(0, Edge - truth.Width + 1 - rate)));

    /// <summary>The share of seeds that diverge there.</summary>
    public static double Diverging(int rate) => rate <= Edge ? 0 : rate == Edge + 1 ? 0.3 : 1;

    private static Truth[] Make(double[] tops, int[] widths, double[] deviations) =>
        [.. Sizes.Select((m, i) => new Truth(m, tops[i], widths[i], deviations[i] / 100))];
}
