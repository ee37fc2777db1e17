using System.Globalization;
using SmallBatch.Bench.Chaos;
using SmallBatch.Bench.Chaos.History;
using SmallBatch.Bench.Chaos.Reports;
using SmallBatch.Bench.Chaos.Strikes;

var quick = args.Contains("--quick");
var seeds = (Option("--seed") ?? "1").Split(',').Select(s => int.Parse(s, CultureInfo.InvariantCulture)).ToList();
var strikes = int.Parse(Option("--strikes") ?? (quick ? "8" : "30"), CultureInfo.InvariantCulture);
var epochs = int.Parse(Option("--epochs") ?? "80", CultureInfo.InvariantCulture);
var silos = int.Parse(Option("--silos") ?? "4", CultureInfo.InvariantCulture);
var hold = TimeSpan.FromSeconds(double.Parse(Option("--hold") ?? (quick ? "15" : "60"), CultureInfo.InvariantCulture));
var into = Directory.CreateDirectory(Option("--into") ?? "artifacts/bench/chaos").FullName;
var wanted = Option("--kinds")?.Split(',') ?? [.. StrikeKinds.All.Select(k => k.Name)];
if (wanted.FirstOrDefault(w => StrikeKinds.All.All(k => k.Name != w)) is { } unknown)
{
    Console.Error.WriteLine($"--kinds: found {unknown}, wanted some of {string.Join(",", StrikeKinds.All.Select(k => k.Name))}");
    return 2;
}

var asked = StrikeKinds.All.Where(k => wanted.Contains(k.Name)).ToList();
await using var permissions = await Permissions.FindAsync(asked, seeds[0]);
var kinds = asked.Where(k => permissions.Refusal(k) is null).ToList();
foreach (var kind in StrikeKinds.All.Except(kinds))
{
    Console.WriteLine($"not run: {kind.Name}: {(asked.Contains(kind) ? permissions.Refusal(kind) : "not asked for by --kinds")}");
}

var time = TimeProvider.System;
var run = new ChaosRun(silos, epochs, [], permissions.Disks, permissions.Network, time, Console.WriteLine);
var outcomes = new List<ChaosOutcome>();
foreach (var seed in seeds)
{
    Console.WriteLine($"seed {seed}: {strikes} strikes of {kinds.Count} kinds on {silos} silos");
    outcomes.Add(await run.RunAsync(seed, strikes, kinds, hold, CancellationToken.None));
    Save($"seed-{seed}", outcomes[^1]);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {outcomes[^1].Took.TotalSeconds:F0} s, {outcomes[^1].Sizes} batch sizes"));
}

var undisturbed = await run.RunAsync(outcomes.Max(o => o.Sizes), CancellationToken.None);
Save("undisturbed", undisturbed);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"undisturbed: {undisturbed.Took.TotalSeconds:F0} s, {undisturbed.Results.Replicas.Length} rows, {undisturbed.Violations().Count} violations"));
var all = new List<(ChaosOutcome Outcome, bool Identical, IReadOnlyList<Violation> Violations)>();
foreach (var (seed, outcome) in seeds.Zip(outcomes))
{
    var wantedRows = ChaosSweep.Rows(undisturbed.Csv, outcome.Sizes);
    var violations = outcome.Violations();
    all.Add((outcome, outcome.Csv == wantedRows, violations));
    var twice = TwiceTrained.Of(outcome);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"seed {seed}: results.csv {(outcome.Csv == wantedRows ? "identical" : Difference(wantedRows, outcome.Csv))}; {outcome.Results.Runs.Length} attempts of {outcome.Results.Replicas.Length / 2} jobs; steps trained twice {twice.ByRows} by runs.csv, {twice.ByHistory} by the trainers' words, of {twice.Needed}; {outcome.Events.OfType<HistoryEvent.StaleRefused>().Count()} stale messages refused; {outcome.Orphans.Count} checkpoints left behind, {outcome.Disagreements.Count} disagreements in the store; {violations.Count} violations; {outcome.FailedStarts} failed starts, {outcome.PutBack.Count} devices put back"));
    violations.Select(v => $"  violation: {v}").Concat(outcome.PutBack.Select(d => $"  put back: {d}")).Concat(outcome.Orphans.Select(o => $"  left behind: {o}")).Concat(outcome.Disagreements.Select(d => $"  does not agree: {d.Where}: {d.What}")).ToList().ForEach(Console.WriteLine);
}

var made = all.SelectMany(a => a.Outcome.Strikes).ToList();
var recoveries = all.SelectMany(a => a.Outcome.Strikes.SelectMany(s => Recovery.Of(s, a.Outcome.Events))).ToList();
Console.WriteLine();
StrikeTable.Rows(kinds, made, recoveries).ToList().ForEach(Console.WriteLine);
Console.WriteLine();
Console.WriteLine(StrikeTable.Target("seeds-that-differ", all.Count(a => !a.Identical), 0));
Console.WriteLine(StrikeTable.Target("history-violations", all.Sum(a => a.Violations.Count), 0));
Console.WriteLine(StrikeTable.Target("checkpoints-left-behind", all.Sum(a => a.Outcome.Orphans.Count), 0));
Console.WriteLine(StrikeTable.Target("store-disagreements", all.Sum(a => a.Outcome.Disagreements.Count), 0));
Console.WriteLine(StrikeTable.Target("strikes-missing", (strikes * seeds.Count) - made.Count, 0));
StrikeTable.Targets(kinds, recoveries).ToList().ForEach(Console.WriteLine);
return all.All(a => a is { Identical: true, Violations.Count: 0 }) ? 0 : 1;

string? Option(string name) => args.SkipWhile(a => a != name).Skip(1).FirstOrDefault();

void Save(string name, ChaosOutcome outcome)
{
    File.WriteAllText(Path.Combine(into, $"{name}.results.csv"), outcome.Csv);
    File.WriteAllText(Path.Combine(into, $"{name}.runs.csv"), SmallBatch.Client.Export.ResultFiles.Runs(outcome.Results));
    File.WriteAllLines(Path.Combine(into, $"{name}.log"), outcome.Lines.Order(StringComparer.Ordinal));
    File.WriteAllLines(Path.Combine(into, $"{name}.strikes.txt"), outcome.Strikes.Select(s => $"{s.At:O} {s.Healed:O} {s.Kind} {s.Victim}: {string.Join(", ", s.Leases)} {s.Remark}"));
}

static string Difference(string wanted, string found)
{
    var line = wanted.Split('\n').Zip(found.Split('\n')).FirstOrDefault(p => p.First != p.Second);
    return $"DIFFERS, first: wanted '{line.First}', found '{line.Second}'";
}
