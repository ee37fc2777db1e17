namespace SmallBatch.Specs;

/// <summary>What somebody who mistyped may have meant.</summary>
public static class Nearest
{
    /// <summary>Single characters that differ at most.</summary>
    private const int Most = 3;

    /// <summary>The known word that is nearest to one that was found, as what was wanted; null where none is near, or nothing was found.</summary>
    public static string? Of(string? found, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        return found is not null && known.MinBy(k => Distance(k, found)) is { } near && Distance(near, found) <= Math.Min(Most, near.Length - 1) ? $"'{near}'; did you mean that?" : null;
    }

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + same);
                diagonal = above;
            }
        }

        return row[^1];
    }
}
