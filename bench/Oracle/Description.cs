using System.Text.Json.Nodes;
using SmallBatch.Specs.Networks;

namespace SmallBatch.Bench.Oracle;

/// <summary>A list of layers as JSON, for a reader that knows nothing of this code.</summary>
internal static class Description
{
    /// <summary>The list.</summary>
    public static JsonArray Of(IEnumerable<Layer> layers) => [.. layers.Select(Of)];

    private static JsonObject Of(Layer layer) => layer switch
    {
        ConvLayer c => new() { ["kind"] = "conv", ["filters"] = c.Filters, ["kernel"] = c.Kernel, ["stride"] = c.Stride, ["padding"] = c.Padding },
        ReluLayer => new() { ["kind"] = "relu" },
        MaxPoolLayer p => new() { ["kind"] = "maxPool", ["kernel"] = p.Kernel, ["stride"] = p.Stride, ["padding"] = p.Padding },
        GlobalAveragePoolLayer => new() { ["kind"] = "averagePool" },
        LinearLayer l => new() { ["kind"] = "linear", ["outputs"] = l.Outputs },
        ResidualLayer r => new() { ["kind"] = "residual", ["layers"] = Of(r.Layers), ["projection"] = r.Shortcut == Shortcut.Projection },
        _ => throw new NotSupportedException($"{layer}"),
    };
}
