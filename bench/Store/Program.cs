using System.Diagnostics;
using System.Globalization;
using SmallBatch.Bench.Store;
using SmallBatch.Client.Azurite;

// The providers against the client library alone, doing the same: interleaved blocks on one Azurite, medians of blocks.
var quick = args.Contains("--quick");
var (blocks, blockTime) = quick ? (3, TimeSpan.FromSeconds(0.25)) : (7, TimeSpan.FromSeconds(0.4));

int[] sizes = quick ? [1_000, 64_000] : [1_000, 64_000, 900_000];
int[] callerCounts = quick ? [1, 8] : [1, 8, 64];
var targets = new List<string>();
await using var azurite = await AzuriteProcess.StartAsync(new(Folder: null));
Console.WriteLine($"{"operation",-12}{"bytes",8}{"callers",8} {"ours/s",9} {"raw/s",9} {"ratio",6} {"p50 ms",15} {"p99 ms",15} {"kB/op ours, raw",17}");
foreach (var size in sizes)
{
    foreach (var callers in callerCounts)
    {
        var pairs = await Stores.TableAsync(azurite.ConnectionString, Payload(size), callers);
        foreach (var (ours, raw) in quick ? pairs : [.. pairs, .. await Stores.BlobAsync(azurite.ConnectionString, Payload(size), callers)])
        {
            var (a, b) = (new Measured(), new Measured());
            var warm = new Measured();
            await BlockAsync(ours, callers, blockTime, warm);
            await BlockAsync(raw, callers, blockTime, warm);

            // A block is a dozen turns of every caller, or what it holds of a few turns is chance.
            var time = TimeSpan.FromMilliseconds(Math.Max(blockTime.TotalMilliseconds, 12 * Measured.Quantile(warm.Latency, 0.5)));
            for (var block = 0; block < blocks; block++)
            {
                // Which goes first changes from block to block.
                await BlockAsync(block % 2 == 0 ? ours : raw, callers, time, block % 2 == 0 ? a : b);
                await BlockAsync(block % 2 == 0 ? raw : ours, callers, time, block % 2 == 0 ? b : a);
            }

            var (ourRate, rawRate) = (Measured.Quantile(a.Throughput, 0.5), Measured.Quantile(b.Throughput, 0.5));
            var ratio = ourRate / rawRate;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{raw.Name,-12}{size,8}{callers,8} {ourRate,9:F0} {rawRate,9:F0} {ratio,6:F2} {Measured.Quantile(a.Latency, 0.5),7:F2} {Measured.Quantile(b.Latency, 0.5),7:F2} {Measured.Quantile(a.Latency, 0.99),7:F2} {Measured.Quantile(b.Latency, 0.99),7:F2} {Measured.Quantile(a.Allocated, 0.5) / 1000,8:F0} {Measured.Quantile(b.Allocated, 0.5) / 1000,8:F0}"));
            targets.Add(string.Create(CultureInfo.InvariantCulture, $"target store-{raw.Name.Replace(' ', '-')}-{size}-x{callers} {ratio:F2} 0.80 {(ratio >= 0.8 ? "met" : "short")}"));
        }
    }
}

targets.ForEach(Console.WriteLine);

static byte[] Payload(int bytes)
{
    var payload = new byte[bytes];
    new Random(1).NextBytes(payload);
    return payload;
}

static async Task BlockAsync(Operation operation, int callers, TimeSpan time, Measured into)
{
    var allocated = GC.GetTotalAllocatedBytes(precise: true);
    var clock = Stopwatch.StartNew();
    var latencies = await Task.WhenAll(Enumerable.Range(0, callers).Select(async caller =>
    {
        var own = new List<double>();
        while (clock.Elapsed < time)
        {
            var start = clock.Elapsed;
            await operation.Run(caller);
            own.Add((clock.Elapsed - start).TotalMilliseconds);
            await (operation.Undo?.Invoke(caller) ?? Task.CompletedTask);
        }

        return own;
    }));
    var count = latencies.Sum(l => l.Count);
    into.Throughput.Add(count / clock.Elapsed.TotalSeconds);
    into.Allocated.Add((GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)count);
    into.Latency.AddRange(latencies.SelectMany(l => l));
}
