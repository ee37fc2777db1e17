using SmallBatch.Bench.Schedule;

var seeds = args.Contains("--quick") ? 3 : 20;
Target[] targets = [.. OnePanel.Print(seeds), .. SharedPool.Print(), .. FusedReplicas.Print()];
foreach (var target in targets)
{
    Console.WriteLine(target);
}
