using System.Globalization;
using SmallBatch.Bench.Trainer;
using SmallBatch.Training.Natives;

if (Option("--plot") is { } table)
{
    MemoryPlot.Draw(table);
    return 0;
}

if (InstructionSet.Pin(Option("--instruction-set") ?? "best") is { } wrong)
{
    Console.Error.WriteLine(wrong);
    return 2;
}

ProcessSetup.PrepareForTorch(0);
TorchLibrary.Load();
TorchSharp.torch.set_num_threads(1);
TorchSharp.torch.set_num_interop_threads(1);
if (args.Contains("--instructions"))
{
    Instructions.Convolve();
    return 0;
}

if (Option("--profile") is { } row)
{
    Profiled.Run(row);
    return 0;
}

if (Option("--worker") is { } work)
{
    Worker.Run(work);
    return 0;
}

if (Option("--soak") is { } minutes)
{
    Soak.Run(TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture)), Option("--into") ?? "artifacts/bench");
    return 0;
}

var quick = args.Contains("--quick");
var networks = (Option("--networks") ?? (quick ? "resnet8" : "resnet8,resnet20")).Split(',');
var sizes = (Option("--sizes") ?? (quick ? "2,32" : "2,4,8,32,128,512")).Split(',').Select(s => int.Parse(s, CultureInfo.InvariantCulture)).ToArray();
var (repeats, seconds) = quick ? (2, 0.2) : (5, 1.0);
using var torch = Peer.Torch(keepsBlocks: false);
using var keeping = Peer.Torch(keepsBlocks: true);
var about = torch.Ask(new() { ["ask"] = "about" });
var ours = Instructions.Peak(seconds);
var theirs = torch.Ask(new() { ["ask"] = "peak" })["gflops"]!.GetValue<double>();
var peak = Math.Max(ours, theirs);
Console.WriteLine($"peer: PyTorch {about["version"]}, {about["blas"]}, {about["instructions"]}; ours: TorchSharp {TorchSharp.torch.__version__}, {Instructions.Used()}");
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"core's peak: {peak:F0} GFLOP/s, the better of ours {ours:F0} and the peer's {theirs:F0} (product of 1536 by 1536, 32 bits; the peer's BLAS told to use all that the core has)"));
Console.WriteLine("images/s of CPU time, 5 replicas, one thread; medians of interleaved turns; ratios of ours to the better memory layout, by CPU time; kept: PyTorch with an allocator that keeps large blocks, as the trainer's does");
Console.WriteLine(Comparison.Head);
var comparison = new Comparison(torch, keeping, peak, repeats, seconds);
foreach (var network in networks)
{
    foreach (var m in sizes)
    {
        comparison.Measure(network, m);
    }
}

var costs = new Costs(repeats, seconds);
Console.WriteLine();
Console.WriteLine($"{"m",4}{"trained/s",12}{"evaluated/s",12}{"% of epoch",12}{"data %",10}{"bytes a step",14}{"checkpoint ms",14}   ResNet-8, augmented, by CPU time; an epoch evaluates one image in 5 trained");
foreach (var m in sizes)
{
    costs.Measure(m);
}

costs.FirstStep();
if (!quick)
{
    await costs.UploadedCheckpointAsync();
    costs.TwoAtOnce();
}

foreach (var m in sizes.Where(s => quick ? s == 32 : s is 2 or 32 or 128))
{
    costs.TwoTrainers(m);
}

comparison.Targets.Concat(costs.Targets).ToList().ForEach(Console.WriteLine);
return 0;

string? Option(string name) => args.SkipWhile(a => a != name).Skip(1).FirstOrDefault();
