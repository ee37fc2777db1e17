namespace SmallBatch.Specs.Networks;

/// <summary>One layer of a network's list.</summary>
public abstract record Layer;

/// <summary>A convolution, followed by batch normalisation where the sweep's <c>batchNorm</c> is <c>conv</c> or <c>all</c>; a bias stands only where it is not.</summary>
/// <param name="Filters">Output channels.</param>
/// <param name="Kernel">Side of the kernel.</param>
/// <param name="Stride">Stride.</param>
/// <param name="Padding">Zero padding on each side.</param>
public sealed record ConvLayer(int Filters, int Kernel, int Stride, int Padding) : Layer;

/// <summary>max(x, 0).</summary>
public sealed record ReluLayer : Layer;

/// <summary>Maximum over windows.</summary>
/// <param name="Kernel">Side of the window.</param>
/// <param name="Stride">Stride.</param>
/// <param name="Padding">Padding on each side.</param>
public sealed record MaxPoolLayer(int Kernel, int Stride, int Padding) : Layer;

/// <summary>Mean over the whole map, leaving one value a channel.</summary>
public sealed record GlobalAveragePoolLayer : Layer;

/// <summary>
/// A fully connected layer; the input is flattened. A hidden one is followed by batch normalisation where <c>batchNorm</c>
/// is <c>all</c>, and then has no bias.
/// </summary>
/// <param name="Outputs">Outputs, or null for the number of classes: the classifier.</param>
public sealed record LinearLayer(int? Outputs) : Layer;

/// <summary>Adds its input, by way of a shortcut, to what its layers make of it.</summary>
/// <param name="Layers">The residual branch.</param>
/// <param name="Shortcut">What the input goes through where the shape changes.</param>
public sealed record ResidualLayer(IReadOnlyList<Layer> Layers, Shortcut Shortcut) : Layer
{
    /// <inheritdoc/>
    public bool Equals(ResidualLayer? other) => other is not null && Shortcut == other.Shortcut && Layers.SequenceEqual(other.Layers);

    /// <inheritdoc/>
    public override int GetHashCode() => Layers.Count;
}

/// <summary>What a residual's input goes through where its shape changes (He et al. 2015, section 3.3).</summary>
public enum Shortcut
{
    /// <summary>Option A: subsampled by the stride and padded with zero channels, without parameters.</summary>
    Identity,

    /// <summary>Option B: a convolution of kernel 1 with the stride, normalised as every other; the identity where the shape stays.</summary>
    Projection,
}
