using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace SmallBatch.Bench.Scale.Cluster;

/// <summary>What the store was asked, from its own log: how often, by kind. A transaction of several rows is one request, as it is billed.</summary>
internal sealed partial class StoreRequests
{
    private readonly ConcurrentDictionary<string, long> counts = new(StringComparer.Ordinal);

    /// <summary>All of them.</summary>
    public long Total => counts.Values.Sum();

    /// <summary>Takes a line of the store's log.</summary>
    public void Heard(string line)
    {
        if (Request().Match(line) is { Success: true } match)
        {
            var (method, target, query) = (match.Groups["method"].Value, match.Groups["target"].Value, match.Groups["query"].Value);
            var service = target is "$batch" || target.StartsWith("SmallBatch", StringComparison.Ordinal) || target.StartsWith("Orleans", StringComparison.Ordinal) || target is "Tables" ? "table" : "blob";
            var what = method switch
            {
                "GET" when service == "table" && match.Groups["key"].Success && query.Contains("PartitionKey=", StringComparison.Ordinal) => "get",
                "GET" when service == "table" => "query",
                "POST" when target == "$batch" => "transaction",
                "POST" => "insert",
                _ => method.ToLowerInvariant(),
            };
            counts.AddOrUpdate($"{service} {what} {(target == "$batch" ? "" : target)}".TrimEnd(), 1, (_, n) => n + 1);
        }
    }

    /// <summary>The counts so far.</summary>
    public IReadOnlyDictionary<string, long> Snapshot() => counts.ToDictionary();

    [GeneratedRegex(@"""(?<method>[A-Z]+) /devstoreaccount1/(?<target>[$A-Za-z0-9-]*)(?<query>(?<key>\()?[^ ]*) HTTP")]
    private static partial Regex Request();
}
