namespace SmallBatch.Client.Packing;

/// <summary>A file holds what cannot be used.</summary>
internal sealed class UnusableFileException(string found, string wanted) : Exception($"found {found}, wanted {wanted}")
{
    /// <summary>What was found in it.</summary>
    public string Found { get; } = found;

    /// <summary>What would have been right.</summary>
    public string Wanted { get; } = wanted;
}
