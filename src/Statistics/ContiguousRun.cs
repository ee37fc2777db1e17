namespace SmallBatch.Statistics;

/// <summary>Where a point of an axis stands to a range.</summary>
public enum Membership
{
    /// <summary>Not known yet.</summary>
    Unknown,

    /// <summary>Outside.</summary>
    Out,

    /// <summary>Inside.</summary>
    In,
}

/// <summary>Neighbouring points of an axis that are all inside.</summary>
/// <param name="First">Index of the lowest.</param>
/// <param name="Last">Index of the highest.</param>
/// <param name="IsBound">Whether it touches the axis' end or a point that is not known, so that its width is a lower bound.</param>
public readonly record struct ContiguousRun(int First, int Last, bool IsBound)
{
    /// <summary>Every run, ascending.</summary>
    public static IEnumerable<ContiguousRun> All(IReadOnlyList<Membership> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        for (var first = 0; first < points.Count; first++)
        {
            if (points[first] != Membership.In)
            {
                continue;
            }

            var last = first;
            while (last + 1 < points.Count && points[last + 1] == Membership.In)
            {
                last++;
            }

            yield return new(first, last, IsOpen(first - 1) || IsOpen(last + 1));
            first = last;
        }

        bool IsOpen(int neighbour) => neighbour < 0 || neighbour == points.Count || points[neighbour] == Membership.Unknown;
    }
}
