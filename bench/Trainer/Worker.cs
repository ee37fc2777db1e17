using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace SmallBatch.Bench.Trainer;

/// <summary>A process of its own, for two at once: prepares on the first question, measures on every other.</summary>
internal static class Worker
{
    /// <summary>Products of matrices that stay in a core's second-level cache: bound by the core and its frequency.</summary>
    public const string Product = "product";

    /// <summary>Copies of a tensor that no cache holds: bound by memory.</summary>
    public const string Copy = "copy";

    /// <summary>Answers until its input ends.</summary>
    /// <param name="what">One of the two, or the batch size of a trainer's steps.</param>
    public static void Run(string what)
    {
        using var scope = NewDisposeScope();
        using var product = what is Product or Copy ? null : new Trainer.Product(Costs.Network, int.Parse(what, CultureInfo.InvariantCulture));
        var side = what == Copy ? 8192 : 192;
        var (from, to) = (ones([side, side]), ones([side, side]));
        Func<int> step = what switch
        {
            Product => Multiply,
            Copy => Move,
            _ => product!.Step,
        };
        while (Console.In.ReadLine() is { } line)
        {
            var seconds = JsonNode.Parse(line)!["seconds"]!.GetValue<double>();
            Console.Out.WriteLine(JsonSerializer.Serialize(Rate.Of(step, seconds)));
        }

        int Multiply()
        {
            mm(from, from).Dispose();
            return 1;
        }

        int Move()
        {
            to.copy_(from);
            return 1;
        }
    }
}
