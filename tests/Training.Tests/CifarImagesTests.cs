using SmallBatch.Specs.Datasets;
using SmallBatch.Training.Datasets;

namespace SmallBatch.Training.Tests;

/// <summary>Official binaries that changed after the sweep was submitted, or were never right.</summary>
public sealed class CifarImagesTests : IDisposable
{
    private readonly TempFolder folder = new();

    public CifarImagesTests()
    {
        for (var file = 0; file < 6; file++)
        {
            File.WriteAllBytes(Name(file), [.. Enumerable.Range(0, 2).SelectMany(i => Record(file, i))]);
        }
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void They_are_trained_on_as_they_stand()
    {
        var data = DatasetLoader.Load(Identity(), folder.Path).Value!;
        Assert.Equal([0, 1, 1, 2, 2, 3, 3, 4, 4, 5], data.Train.Labels.Select(l => (int)l));
        Assert.Equal(Record(3, 1).Skip(1), data.Train.Image(7).ToArray());
        Assert.Equal(Record(5, 0).Skip(1), data.Test.Image(0).ToArray());
    }

    [Fact]
    public void A_part_of_them_is_evenly_spaced_and_normalised_by_its_own_mean()
    {
        var part = Identity().Part(5, 1).Value!;
        var data = DatasetLoader.Load(part, folder.Path).Value!;
        Assert.Equal([0, 1, 2, 3, 4], data.Train.Labels.Select(l => (int)l));
        Assert.Equal([.. Enumerable.Range(0, 5).Select(i => Record(i, 0).Skip(1))], Enumerable.Range(0, 5).Select(i => data.Train.Image(i).ToArray()));
        Assert.Equal(Record(5, 0).Skip(1), data.Test.Image(0).ToArray());
        Assert.Equal((5, 1), (data.Train.Count, data.Test.Count));
        Assert.Equal(Enumerable.Range(0, 5).Average(i => Record(i, 0).Skip(1).Take(1024).Average(b => b)), data.Sums.Mean(0), 1e-9);
    }

    [Fact]
    public void A_test_file_in_a_training_file_s_place_is_refused_with_both_contents()
    {
        var identity = Identity();
        File.Move(Name(5), Name(5) + ".kept");
        File.Move(Name(0), Name(5));
        File.Move(Name(5) + ".kept", Name(0));
        var error = Assert.Single(DatasetLoader.Load(identity, folder.Path).Errors);
        Assert.Equal(folder.Path, error.Path);
        Assert.Contains($"with content {identity.ContentHash[..12]}, as when the sweep was submitted", error.Wanted, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_copied_over_another_is_found_at_once()
    {
        File.Copy(Name(5), Name(2), overwrite: true);
        var error = Assert.Single(CifarFiles.At("cifar10", folder.Path).Inspect().Errors);
        Assert.Equal($"{Name(5)}: found the bytes of {Name(2)} again, wanted images of its own; one of the two was copied over the other", error.ToString());
    }

    private DatasetIdentity Identity() => CifarFiles.At("cifar10", folder.Path).Inspect().Value!;

    private string Name(int file) => Path.Combine(folder.Path, file < 5 ? $"data_batch_{file + 1}.bin" : "test_batch.bin");

    private static byte[] Record(int file, int image) => [(byte)(file + image), .. Enumerable.Range(0, 3072).Select(j => (byte)((50 * file) + (20 * image) + (j % 7)))];
}
