using System.Text.Json;
using System.Text.Json.Serialization;

namespace SmallBatch.Specs.Datasets;

/// <summary>What a pack holds, as its header says it.</summary>
/// <param name="Kind"><c>cifar10</c>, <c>cifar100</c>, <c>imagenet</c> or <c>folder</c>.</param>
/// <param name="Name">The name it was packed under.</param>
/// <param name="TrainImages">N, 1 or more.</param>
/// <param name="TestImages">Test images, 1 or more.</param>
/// <param name="Side">Height and width of every image, pixels, 8 to 1024.</param>
/// <param name="Skipped">Files left out because they could not be decoded.</param>
/// <param name="Classes">Names of the classes; a label is an index into them. 2 to 65535.</param>
/// <param name="Sums">Sum of each channel's bytes over the training images.</param>
/// <param name="Squares">Sum of their squares.</param>
public sealed record PackHeader(
    string Kind,
    string Name,
    int TrainImages,
    int TestImages,
    int Side,
    int Skipped,
    IReadOnlyList<string> Classes,
    IReadOnlyList<long> Sums,
    IReadOnlyList<long> Squares)
{
    /// <summary>Channels of every image: red, green, blue.</summary>
    public const int Channels = 3;

    /// <summary>Images of both splits; the training images come first.</summary>
    public long Images => (long)TrainImages + TestImages;

    /// <summary>Bytes of one image.</summary>
    public int ImageBytes => Channels * Side * Side;

    /// <summary>The header as JSON, UTF-8.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, PackHeaderJson.Default.PackHeader);

    /// <summary>Reads what <see cref="Write"/> wrote; null where it is none or a number in it is out of range.</summary>
    public static PackHeader? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, PackHeaderJson.Default.PackHeader) is { } header && header.IsSane ? header : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private bool IsSane =>
        Kind is not null && Name is not null && TrainImages > 0 && TestImages > 0 && Side is >= 8 and <= 1024 && Skipped >= 0
        && Classes is { Count: >= 2 and <= ushort.MaxValue } && Sums is { Count: Channels } && Squares is { Count: Channels };
}

/// <summary>Source-generated JSON of the header.</summary>
[JsonSerializable(typeof(PackHeader))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, IgnoreReadOnlyProperties = true, RespectRequiredConstructorParameters = true)]
internal sealed partial class PackHeaderJson : JsonSerializerContext;
