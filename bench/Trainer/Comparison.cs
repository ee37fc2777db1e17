using System.Globalization;
using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Bench.Trainer;

/// <summary>Every row of one network and batch size, in turns, and the ratios of their medians.</summary>
internal sealed class Comparison(Peer torch, Peer keeping, double peak, int repeats, double seconds)
{
    private static readonly string[] Rows = ["ours", "plain", "plain-cl", "kept", "kept-cl", "fused", "fused-cl", "modules"];

    /// <summary>The table's head.</summary>
    public static string Head =>
        $"{"network",-9}{"m",4}  {"groups",-7}{"",9}{"ours",7}{"plain",8}{"plain-cl",9}{"kept",7}{"kept-cl",8}{"fused",7}{"fused-cl",9}{"modules",8}   {"peer",5}{"kept",7}{"fused",7}{"modules",8}";

    /// <summary>What was missed or met.</summary>
    public List<string> Targets { get; } = [];

    /// <summary>Measures and prints; the ratios are by CPU time.</summary>
    public void Measure(string network, int m)
    {
        using var product = new Product(network, m);
        using var modules = new Modules(network, m);
        var rates = Rows.ToDictionary(r => r, _ => new List<Rate>());
        // A turn of the largest is many seconds long, and long turns vary little.
        for (var repeat = 0; repeat < (m < 512 ? repeats : Math.Min(3, repeats)); repeat++)
        {
            // Which goes first changes from turn to turn.
            for (var i = 0; i < Rows.Length; i++)
            {
                var row = Rows[(i + repeat) % Rows.Length];
                rates[row].Add(row switch
                {
                    "ours" => Rate.Of(product.Step, seconds),
                    "modules" => Rate.Of(modules.Step, seconds),
                    "kept" or "kept-cl" => keeping.Step(row.Replace("kept", "plain", StringComparison.Ordinal), network, m, seconds),
                    _ => torch.Step(row, network, m, seconds),
                });
            }
        }

        var cpu = rates.ToDictionary(r => r.Key, r => Rate.Median(r.Value.Select(v => v.ByCpu)));
        var wall = rates.ToDictionary(r => r.Key, r => Rate.Median(r.Value.Select(v => v.ByWall)));
        var (peer, kept, fused) = (Ratio("plain"), Ratio("kept"), Ratio("fused"));
        var own = cpu["ours"] / cpu["modules"];
        var work = Flops(network) / 1e9 / peak;
        Console.WriteLine($"{network,-9}{m,4}  {product.Sizes,-7}{"CPU",9}{Line(cpu, "F0")}   {Two(peer),5}{Two(kept),7}{Two(fused),7}{Two(own),8}");
        Console.WriteLine($"{"",31}{Line(wall, "F0")[2..]}   by the clock");
        Console.WriteLine($"{"",31}{Line(cpu.ToDictionary(r => r.Key, r => 100 * r.Value * work), "F0")[2..]}   % of the core's peak");
        var goal = m switch { 2 => 1.7, 4 => 1.3, _ => 1.0 };
        Target($"{network}-m{m}-peer", peer, goal);
        Target($"{network}-m{m}-peer-kept", kept, goal);
        Target($"{network}-m{m}-modules", own, m <= 16 ? 1.5 : 1.3);

        double Ratio(string row) => cpu["ours"] / Math.Max(cpu[row], cpu[$"{row}-cl"]);
    }

    /// <summary>Forward and backward of one image: three times the forward pass.</summary>
    public static double Flops(string network) =>
        3.0 * NetworkShapes.Of(NetworkSpec.Parse(BuiltInNetworks.Find(network)!, network).Value!, new(3, 32, 32), 10, new(BatchNormalisation.All)).Value!.Flops;

    /// <summary>A target that is at least a goal.</summary>
    public void Target(string name, double value, double goal) => Targets.Add($"target {name} {Two(value)} {Two(goal)} {(value >= goal ? "met" : "short")}");

    private static string Line(Dictionary<string, double> values, string format) => string.Concat(
        Rows.Zip([7, 8, 9, 7, 8, 7, 9, 8], (row, width) => values[row].ToString(format, CultureInfo.InvariantCulture).PadLeft(width)));

    private static string Two(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}
