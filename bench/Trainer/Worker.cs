using System.Text.Json;
using System.Text.Json.Nodes;

namespace SmallBatch.Bench.Trainer;

/// <summary>A trainer in its own process, for two at once: prepares on the first question, measures on every other.</summary>
internal static class Worker
{
    /// <summary>Answers until its input ends.</summary>
    public static void Run(int m)
    {
        using var product = new Product(Costs.Network, m);
        while (Console.In.ReadLine() is { } line)
        {
            var seconds = JsonNode.Parse(line)!["seconds"]!.GetValue<double>();
            Console.Out.WriteLine(JsonSerializer.Serialize(Rate.Of(product.Step, seconds)));
        }
    }
}
