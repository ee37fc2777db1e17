using System.ComponentModel;

namespace SmallBatch.Web.Api;

/// <summary>A part of a list.</summary>
/// <param name="Items">The items from <paramref name="Offset"/> on.</param>
/// <param name="Offset">How many are before them.</param>
/// <param name="Total">How many there are in all.</param>
/// <param name="Next">Address of the part that follows; null for the last.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, int Offset, int Total, string? Next);

/// <summary>Which part of a list.</summary>
/// <param name="Offset">How many to leave out.</param>
/// <param name="Limit">How many at most.</param>
internal sealed record PageQuery([property: Description("How many to leave out")] int? Offset, [property: Description("How many at most, 1 to 1000; default 100")] int? Limit)
{
    private const int Most = 1000, Usual = 100;

    /// <summary>What is wrong with it, or null.</summary>
    public string? Error => Offset is < 0 ? $"offset: found {Offset}, wanted a whole number from 0 on"
        : Limit is < 1 or > Most ? $"limit: found {Limit}, wanted a whole number from 1 to {Most}" : null;

    /// <summary>That part of <paramref name="all"/>.</summary>
    /// <param name="all">The list.</param>
    /// <param name="address">Address of the part at an offset.</param>
    public Page<T> Of<T>(IReadOnlyList<T> all, Func<int, int, string> address)
    {
        var (offset, limit) = (Offset ?? 0, Limit ?? Usual);
        return new([.. all.Skip(offset).Take(limit)], offset, all.Count, (long)offset + limit < all.Count ? address(offset + limit, limit) : null);
    }
}
