using CsCheck;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Sweeps;
using SmallBatch.Tests;
using SmallBatch.Training.Datasets;

namespace SmallBatch.Training.Tests;

/// <summary>Packs written by hand, as the trainer finds them.</summary>
public sealed class PackedImagesTests : IDisposable
{
    private readonly TempFolder folder = new();

    private string Pack => Path.Combine(folder.Path, "birds.pack");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_pack_is_trained_on_as_its_bytes_say_whatever_its_name()
    {
        var hash = HandMadePack.Write(Pack);
        var identity = Inspect(null);
        Assert.Equal((hash, "folder", 6, 4, 2, 8, 8, "birds"), (identity.ContentHash, identity.Kind, identity.TrainImages, identity.TestImages, identity.Classes, identity.Height, identity.Width, identity.Name));
        File.Move(Pack, Path.Combine(folder.Path, "renamed.pack"));
        var data = DatasetLoader.Load(identity, folder.Path).Value!;
        Assert.Equal(HandMadePack.Image(5, 8), data.Train.Image(5).ToArray());
        Assert.Equal(HandMadePack.Image(6, 8), data.Test.Image(0).ToArray());
        Assert.Equal([1, 0, 1], data.Train.Labels[3..].Select(l => (int)l));
        Assert.Equal([0, 1, 0, 1], data.Test.Labels.Select(l => (int)l));
        var counted = new DatasetImages(data.Train, data.Test, 2);
        Assert.Equal(counted.Normalised, data.Normalised);
    }

    [Fact]
    public void A_crop_is_what_the_network_sees()
    {
        HandMadePack.Write(Pack, side: 12);
        var identity = Inspect(8);
        var data = DatasetLoader.Load(identity, folder.Path).Value!;
        Assert.Equal((8, 8, 192, 12), (data.Train.Height, data.Train.Width, data.Train.ImageBytes, data.Train.StoredHeight));
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_refused_before_training()
    {
        HandMadePack.Write(Pack);
        var identity = Inspect(null);
        var whole = File.ReadAllBytes(Pack);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Int[0, 7]).Sample(
            (at, bit) =>
            {
                var damaged = whole.ToArray();
                damaged[at] ^= (byte)(1 << bit);
                File.WriteAllBytes(Pack, damaged);
                Assert.Null(DatasetLoader.Load(identity, folder.Path).Value);
            },
            iter: 500,
            threads: 1);
    }

    [Fact]
    public void An_image_damaged_after_the_start_ends_the_training_and_never_enters_it()
    {
        HandMadePack.Write(Pack);
        var pack = PackFile.Inspect(Pack).Value!;
        var mapped = new MappedPack(pack);
        using (var stream = File.OpenWrite(Pack))
        {
            stream.Position = pack.Layout.PixelOffset + (2 * 192) + 7;
            stream.WriteByte(255);
        }

        Assert.Equal(HandMadePack.Image(1, 8), mapped.From(0).Image(1, 192).ToArray());
        var failure = Assert.Throws<InvalidDataException>(() => mapped.From(0).Image(2, 192).Length);
        Assert.StartsWith($"{Pack}: found image 2 at byte", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_pack_in_its_place_is_refused_with_both_contents()
    {
        var hash = HandMadePack.Write(Pack);
        var identity = Inspect(null);
        var other = HandMadePack.Write(Pack, train: 8);
        var error = Assert.Single(DatasetLoader.Load(identity, folder.Path).Errors);
        Assert.Equal($"{folder.Path}: found birds.pack with content {other[..12]}, wanted the pack of birds (6 train, 4 test) with content {hash[..12]}, as when the sweep was submitted", error.ToString());
    }

    public static TheoryData<Action<string>, string> Bad => new()
    {
        { p => File.Delete(p), "found no such file" },
        { p => File.WriteAllBytes(p, [1, 2, 3]), "found no pack" },
        { p => File.WriteAllBytes(p, File.ReadAllBytes(p)[..^100]), "found 2384 bytes, wanted 2484, as its header says; the file is truncated" },
        { p => File.AppendAllText(p, "x"), "found 2485 bytes, wanted 2484, as its header says; the file is too long" },
        { p => HandMadePack.Write(p, version: 2), "found format version 2, wanted format version 1; pack it again" },
        { p => HandMadePack.Write(p, labels: 3), "found label 2 of image 2, wanted labels from 0 to 1; pack it again" },
        { p => HandMadePack.Write(p, kind: "imagenet"), "found a pack of kind imagenet, wanted one of kind folder" },
    };

    [Theory]
    [MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public void What_is_wrong_with_a_pack_is_said_with_its_path(Action<string> spoil, string error)
    {
        HandMadePack.Write(Pack);
        spoil(Pack);
        var found = Assert.Single(DatasetCatalog.Inspect(new("folder", Path: "birds"), folder.Path).Errors).ToString();
        Assert.StartsWith(Pack, found, StringComparison.Ordinal);
        Assert.Contains(error, found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_crop_larger_than_the_images_is_refused()
    {
        HandMadePack.Write(Pack);
        Assert.StartsWith("dataset.crop: found 9, wanted at most the 8 pixels", Assert.Single(DatasetCatalog.Inspect(new("folder", Path: "birds", Crop: 9), folder.Path).Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pack_of_more_than_an_array_holds_is_read_to_its_last_byte()
    {
        var layout = LargePack.Write(folder.Path);
        byte[] zeros = new byte[layout.ImageBytes], last = new byte[layout.ImageBytes];
        (last[0], last[^1]) = (7, 9);
        var identity = DatasetCatalog.Inspect(new("folder", Path: "large"), folder.Path).Value!;
        var data = DatasetLoader.Load(identity, folder.Path).Value!;
        Assert.True(layout.LabelOffset > int.MaxValue);
        Assert.True(data.Test.Image(0).SequenceEqual(last));
        Assert.True(data.Train.Image(LargePack.Images - 2).SequenceEqual(zeros));
    }

    private DatasetIdentity Inspect(int? crop) => DatasetCatalog.Inspect(new DatasetSpec("folder", Path: "birds", Crop: crop), folder.Path).Value!;
}
