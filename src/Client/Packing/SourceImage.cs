namespace SmallBatch.Client.Packing;

/// <summary>One image as it is found.</summary>
/// <param name="Name">Where it lies, for messages.</param>
/// <param name="Label">Its class.</param>
/// <param name="Bytes">An encoded file, or where the source's side is known the pixels themselves, channels first.</param>
internal sealed record SourceImage(string Name, int Label, byte[] Bytes);
