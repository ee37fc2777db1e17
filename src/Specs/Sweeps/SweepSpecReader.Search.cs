using YamlDotNet.RepresentationModel;

namespace SmallBatch.Specs.Sweeps;

/// <summary>The keys that say how the best is looked for.</summary>
public sealed partial class SweepSpecReader
{
    private double? ReadSelectOn()
    {
        const string wanted = "test, validation or { validation: 0.1 }";
        const string share = "the share of the training images that are not trained on, a number from 0.001 to 0.5";
        if (!keys.TryGetValue("selectOn", out var node))
        {
            return null;
        }

        if (node is YamlMappingNode mapping)
        {
            var settings = input.Keys(mapping, "selectOn", ["validation"]);
            return settings.TryGetValue("validation", out var fraction)
                ? input.Number(fraction, "selectOn.validation", 0.001, 0.5, share)
                : Fail<double?>(node, "selectOn", wanted);
        }

        return YamlInput.Scalar(node) switch
        {
            "test" => null,
            "validation" => SweepSpec.DefaultValidation,
            _ => Fail<double?>(node, "selectOn", wanted),
        };
    }
}
