namespace SmallBatch.Specs.Settings;

/// <summary>The numbers that products are made with; weights, sums and statistics are 32-bit floats always. Part of the numerics class.</summary>
public enum Precision
{
    /// <summary>32-bit floats throughout.</summary>
    Full,

    /// <summary>32-bit floats whose products a GPU may round to 10 bits of mantissa; the same as 32-bit floats elsewhere.</summary>
    Tf32,

    /// <summary>Maps and products in bfloat16.</summary>
    Bfloat16,
}
