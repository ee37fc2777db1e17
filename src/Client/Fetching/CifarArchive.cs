namespace SmallBatch.Client.Fetching;

/// <summary>An archive of CIFAR's official binary version.</summary>
/// <param name="Kind"><c>cifar10</c> or <c>cifar100</c>.</param>
/// <param name="Url">Where it is published.</param>
/// <param name="Md5">Its MD5, as published beside it; against damage on the way, not against an adversary.</param>
/// <param name="Folder">The folder that it unpacks to.</param>
internal sealed record CifarArchive(string Kind, Uri Url, string Md5, string Folder)
{
    /// <summary>The official ones (https://www.cs.toronto.edu/~kriz/cifar.html).</summary>
    public static IReadOnlyList<CifarArchive> Official { get; } =
    [
        new("cifar10", new("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"), "c32a1d4ab5d03f1284b67883e8d87530", "cifar-10-batches-bin"),
        new("cifar100", new("https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"), "03b5dce01913d631647c71ecec9e9cb8", "cifar-100-binary"),
    ];
}
