using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using SmallBatch.Bench.Report;
using SmallBatch.Client.Export;
using SmallBatch.Contracts;
using SmallBatch.Contracts.Results;

// Time and memory of a report and of exports of a large sweep. Each part is a process of its own, which first makes the sweep.
var side = args.Contains("--quick") ? 32 : 100;
var folder = Path.Combine(Path.GetTempPath(), $"smallbatch-report-{Environment.ProcessId}");
if (args is ["--part", var part, var size, var place])
{
    return await PartAsync(part, int.Parse(size, CultureInfo.InvariantCulture), place);
}

Directory.CreateDirectory(folder);
try
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{side * side} configurations of 5 replicas, each with a curve of 80 epochs."));
    Console.WriteLine($"{"part",-10}{"seconds",9}{"of CPU",9}{"peak MiB",10}{"of them the sweep",19}{"MB written",12}");
    var targets = new List<string>();
    var exported = 0d;
    foreach (var name in new[] { "message", "report", "csv", "parquet" })
    {
        var (seconds, cpu, peak, sweep, written) = Run(name);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-10}{seconds,9:F2}{cpu,9:F2}{peak,10:F0}{sweep,19:F0}{written,12:F1}"));
        exported += name is "csv" or "parquet" ? seconds : 0;
        if (name == "message")
        {
            Target("message-mb", written, MessageSize.Most / 1e6);
        }
        else if (name == "report")
        {
            Target("report-seconds", seconds, 20);
            Target("report-peak-mib", peak, 1024);
        }
    }

    Target("export-seconds", exported, 10);
    targets.ForEach(Console.WriteLine);
    return 0;

    void Target(string name, double value, double goal) =>
        targets.Add(string.Create(CultureInfo.InvariantCulture, $"target {name} {value:F2} {goal:F2} {(value <= goal ? "met" : "short")}"));
}
finally
{
    Directory.Delete(folder, recursive: true);
}

(double Seconds, double Cpu, double Peak, double Sweep, double Written) Run(string name)
{
    var start = new ProcessStartInfo(Environment.ProcessPath!, ["--part", name, $"{side}", folder]) { RedirectStandardOutput = true };
    using var process = Process.Start(start)!;
    var line = process.StandardOutput.ReadToEnd().Trim();
    process.WaitForExit();
    var values = process.ExitCode == 0 ? line.Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray() : throw new InvalidOperationException($"The part {name} ended with code {process.ExitCode}: {line}");
    return (values[0], values[1], values[2], values[3], values[4]);
}

static async Task<int> PartAsync(string part, int side, string folder)
{
    var results = GeneratedSweep.Of(side);
    var sweep = Peak();
    using var self = Process.GetCurrentProcess();
    var (start, before) = (Stopwatch.GetTimestamp(), self.TotalProcessorTime);
    switch (part)
    {
        case "message":
            // What a silo sends a console for any of the others.
            using (var services = new ServiceCollection().AddSerializer().BuildServiceProvider())
            using (var file = File.Create(Path.Combine(folder, "message")))
            {
                services.GetRequiredService<Serializer<SweepResults>>().Serialize(results, file);
            }

            break;
        case "report":
            ReportFile.Write([results], mixed: false, folder);
            break;
        case "csv":
            ResultFiles.Write(results, folder);
            break;
        default:
            await ParquetFiles.WriteAsync(results, folder, CancellationToken.None);
            break;
    }

    var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
    self.Refresh();
    var cpu = (self.TotalProcessorTime - before).TotalSeconds;
    var written = Directory.EnumerateFiles(folder).Sum(f => new FileInfo(f).Length) / 1e6;
    Directory.EnumerateFiles(folder).ToList().ForEach(File.Delete);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds:F3} {cpu:F3} {Peak():F1} {sweep:F1} {written:F3}"));
    return 0;
}

// Of this process since it began, MiB.
static double Peak() => double.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
