using System.Text.RegularExpressions;
using SmallBatch.Silo.Storage;

namespace SmallBatch.Silo.Tests;

/// <summary>A store that went back may have lost a table, which is made again only if it is known.</summary>
public sealed partial class StoreTablesTests
{
    [Fact]
    public void Every_table_that_our_code_names_is_known()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "SmallBatch.sln")))
        {
            root = root.Parent!;
        }

        var named = new[] { "Grains", "Silo" }.SelectMany(f => Directory.EnumerateFiles(Path.Combine(root.FullName, "src", f), "*.cs", SearchOption.AllDirectories))
            .SelectMany(f => Table().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value)).Distinct().ToList();
        Assert.True(named.Count >= 5, string.Join(", ", named));
        Assert.Empty(named.Except(StoreTables.Names));
    }

    /// <summary>Where a table's client is made, and constants that name tables.</summary>
    [GeneratedRegex("""(?:GetTableClient\(|const string (?:Table)?Name = )"([A-Z]\w+)""")]
    private static partial Regex Table();
}
