using System.Formats.Tar;
using CsCheck;
using SkiaSharp;
using SmallBatch.Client.Packing;
using SmallBatch.Specs.Datasets;
using SmallBatch.Tests;

namespace SmallBatch.Client.Tests.Data;

public sealed class PackTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("smallbatch-pack-").FullName;

    private string Source => Path.Combine(folder, "birds");

    private string Data => Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;

    private string Pack => Path.Combine(Data, "birds.pack");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Class_folders_become_a_pack_that_says_what_it_holds_and_can_be_verified()
    {
        SampleImages.WriteFolders(Source, 9, 6, 16);
        var (code, output, errors) = await ConsoleRun.Async("data", "pack", Source, "--data", Data, "--size", "16");
        Assert.True(code == 0, errors);
        Assert.Contains("birds (9 train, 6 test), 3 classes, 16 pixels a side, 0 left out", output, StringComparison.Ordinal);
        Assert.Equal([Pack], Directory.GetFiles(Data));
        var pack = PackFile.Inspect(Pack).Value!;
        Assert.Equal(SampleImages.Classes, pack.Header.Classes);
        Assert.Equal([0, 0, 0, 1, 1, 1, 2, 2, 2, 0, 0, 1, 1, 2, 2], pack.Labels.ToArray().Select(l => (int)l));
        Assert.Equal(SampleImages.Pixels(3, 16), Image(pack, 1));
        Assert.Equal(SampleImages.Pixels(11, 16), Image(pack, 13));
        Assert.Equal(new long[] { 0, 3, 6, 1, 4, 7, 2, 5, 8 }.Sum(i => SampleImages.Pixels((int)i, 16)[256..512].Sum(v => (long)v)), pack.Header.Sums[1]);
        (code, output, _) = await ConsoleRun.Async("data", "verify", "--data", Data);
        Assert.Equal(0, code);
        Assert.Contains($"birds: birds (9 train, 6 test) is whole, content {pack.ContentHash}", output, StringComparison.Ordinal);
        (_, output, _) = await ConsoleRun.Async("data", "list", "--data", Data, "-o", "csv");
        Assert.Equal($"birds,folder,pack,9,6,3,16,{new FileInfo(Pack).Length},{pack.ContentHash[..12]},", output.Trim().Split('\n')[1].TrimEnd('\r'));
    }

    [Fact]
    public async Task Shards_hold_the_same_images()
    {
        SampleImages.WriteShards(Source, 9, 6, 16);
        var (code, _, errors) = await ConsoleRun.Async("data", "pack", Source, "--data", Data, "--size", "16", "--classes", "3");
        Assert.True(code == 0, errors);
        var pack = PackFile.Inspect(Pack).Value!;
        Assert.Equal([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2], pack.Labels.ToArray().Select(l => (int)l));
        Assert.All(Enumerable.Range(0, 15), i => Assert.Equal(SampleImages.Pixels(i, 16), Image(pack, i)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_interrupted_packing_goes_on_and_ends_with_the_same_bytes(bool shards)
    {
        if (shards)
        {
            SampleImages.WriteShards(Source, 600, 60, 8, perShard: 200);
        }
        else
        {
            SampleImages.WriteFolders(Source, 600, 60, 8);
        }

        var whole = Path.Combine(folder, "whole");
        Directory.CreateDirectory(whole);
        Assert.Empty(Writer(whole).Write(TestContext.Current.CancellationToken).Errors);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Writer(Data, p => { if (p.Done >= 512) { stop.Cancel(); } }).Write(stop.Token));
        var (part, journal) = (File.ReadAllBytes(Pack + ".part"), File.ReadAllBytes(Pack + ".journal"));
        Assert.Equal(32 + (512 * 82), journal.Length);
        var firsts = new List<int>();

        // Whatever of the two files reached the disk before the machine stopped.
        Gen.Select(Gen.Int[0, part.Length], Gen.Int[0, journal.Length]).Sample(
            (partLength, journalLength) =>
            {
                File.Delete(Pack);
                File.WriteAllBytes(Pack + ".part", part[..partLength]);
                File.WriteAllBytes(Pack + ".journal", journal[..journalLength]);
                var first = -1;
                Assert.Empty(Writer(Data, p => first = first < 0 ? p.Done : first).Write(TestContext.Current.CancellationToken).Errors);
                firsts.Add(first);
                Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "birds.pack")), File.ReadAllBytes(Pack));
            },
            iter: 8,
            threads: 1);
        Assert.Contains(firsts, f => f > 0);
    }

    [Fact]
    public async Task A_disk_without_room_is_told_before_packing_with_both_sizes_and_one_that_fills_leaves_no_pack()
    {
        SampleImages.WriteFolders(Source, 300, 30, 32);
        var disk = Directory.CreateDirectory(Path.Combine(folder, "disk")).FullName;
        var pack = $"{ConsoleRun.Program} data pack {Source} --data \"$disk\" --size 32";

        // First too small for the pack; then for the journal beside it, which shows as it is written; then large enough.
        string[] runs = [pack, $"mount -o remount,size=1012k \"$disk\"; {pack}", $"ls -A \"$disk\"; mount -o remount,size=2m \"$disk\"; {pack}; code=$?; ls -A \"$disk\"; exit $code"];
        var (code, output, errors) = await SmallDisk.RunAsync(disk, 900, $"{{ {string.Join("; ", runs)}; }}");
        Assert.True(code == 0, errors);
        var lines = errors.Trim().Split('\n');
        Assert.Matches($@"^{disk}: found \d+ bytes free, wanted 10\d{{5}} bytes for the rest of the pack; or a smaller --size$", lines[0]);
        Assert.Matches($"^{disk}/birds.pack.part: found No space left on device.*, wanted a data folder that can be written, with room,.*; the same command goes on$", lines[1]);
        Assert.Contains("birds.pack.journal\nbirds.pack.part\n", output, StringComparison.Ordinal);
        Assert.EndsWith("\nbirds.pack\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_image_or_is_cut_is_named_and_left_out_only_where_asked_for()
    {
        SampleImages.WriteFolders(Source, 9, 6, 16);
        var (none, cut) = (Path.Combine(Source, "train", "owl", "x.jpg"), Path.Combine(Source, "val", "wren", "y.jpg"));
        await File.WriteAllTextAsync(none, "no image", TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(cut, SampleImages.Encoded(1, 64, SKEncodedImageFormat.Jpeg)[..2000], TestContext.Current.CancellationToken);
        var (code, _, errors) = await ConsoleRun.Async("data", "pack", Source, "--data", Data, "--size", "16");
        Assert.Equal(2, code);
        Assert.Contains($"{none}: found 8 bytes that are no image, wanted a JPEG, PNG, WebP, BMP or GIF file; --skip-broken leaves such files out", errors, StringComparison.Ordinal);
        Assert.Contains($"{cut}: found a damaged image (IncompleteInput), wanted a whole one", errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Pack));
        (code, var output, _) = await ConsoleRun.Async("data", "pack", Source, "--data", Data, "--size", "16", "--skip-broken");
        Assert.Equal(0, code);
        Assert.Contains("birds (9 train, 6 test), 3 classes, 16 pixels a side, 2 left out", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_wrong_with_class_folders_is_said_at_once()
    {
        SampleImages.WriteFolders(Source, 9, 6, 16);
        Directory.CreateDirectory(Path.Combine(Source, "train", "empty"));
        Directory.CreateDirectory(Path.Combine(Source, "val", "other"));
        Directory.CreateDirectory(Path.Combine(Source, "train", "owl", "deep"));
        var (code, _, errors) = await ConsoleRun.Async("data", "pack", Source, "--data", Data, "--size", "4", "--name", "../x");
        Assert.Equal(2, code);
        Assert.Equal(
            [
                $"{Source}/val/empty: found no such folder, wanted the classes of {Source}/train: 4 of them",
                $"{Source}/val/other: found a class without training images, wanted the classes of {Source}/train: 4 of them",
                $"{Source}/train/empty: found an empty class folder, wanted at least one image; or remove the class everywhere",
                $"{Source}/train/owl/deep: found a folder within a class folder, wanted image files only",
                "--name: found ../x, wanted the name of a pack directly in the data folder: letters, digits, '.', '_' and '-', no folder",
                "--size: found 4, wanted 8 to 1024",
            ],
            errors.Trim().Split('\n').Order(Comparer<string>.Create((a, b) => Rank(a).CompareTo(Rank(b)))));

        static int Rank(string line) => Array.FindIndex(["val/empty", "val/other", "train/empty", "deep", "--name", "--size"], k => line.Contains(k, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Test_images_in_one_folder_have_the_classes_that_a_file_names()
    {
        SampleImages.WriteFolders(Source, 9, 6, 16);
        var (val, labels) = (Path.Combine(Source, "val"), Path.Combine(folder, "labels.txt"));
        foreach (var image in Directory.GetFiles(val, "*", SearchOption.AllDirectories))
        {
            File.Move(image, Path.Combine(val, Path.GetFileName(image)));
        }

        SampleImages.Classes.ToList().ForEach(c => Directory.Delete(Path.Combine(val, c)));
        var (code, _, errors) = await PackAsync();
        Assert.Equal((2, $"{val}: found no class folder, wanted the classes of {Source}/train: 3 of them; or --labels FILE with the class of each image"), (code, errors.Trim()));

        await File.WriteAllLinesAsync(labels, ["owl", "robin", "1", "owl", "robin"], TestContext.Current.CancellationToken);
        (code, _, errors) = await PackAsync("--labels", labels);
        Assert.Equal(
            [
                $"{labels}: found 5 lines for the 6 files of {val}, wanted a line for each, in order of the files' names",
                $"{labels}, line 3: found 1, wanted the name of a folder in train, such as owl; numbers are not taken, since they say nothing of their order",
                $"{labels}: found no image of class wren, wanted at least one of each class; or remove the class everywhere",
            ],
            errors.Trim().Split('\n'));
        Assert.Equal(2, code);

        await File.WriteAllLinesAsync(labels, ["owl", "robin", "wren", "wren", "owl", "owl"], TestContext.Current.CancellationToken);
        (code, _, errors) = await PackAsync("--labels", labels);
        Assert.True(code == 0, errors);
        var pack = PackFile.Inspect(Pack).Value!;
        Assert.Equal([0, 1, 2, 2, 0, 0], pack.Labels.ToArray()[9..].Select(l => (int)l));
        Assert.Equal(SampleImages.Pixels(12, 16), Image(pack, 12));

        Task<(int Code, string Output, string Errors)> PackAsync(params string[] more) => ConsoleRun.Async(["data", "pack", Source, "--data", Data, "--size", "16", .. more]);
    }

    [Fact]
    public async Task Another_number_of_classes_than_wanted_is_refused()
    {
        SampleImages.WriteFolders(Source, 9, 6, 16);
        var (code, _, errors) = await ConsoleRun.Async("data", "pack", Source, "--data", Data, "--kind", "imagenet");
        Assert.Equal(2, code);
        Assert.Equal($"{Source}: found 3 classes, wanted 1000; --classes N wants another number", errors.Trim());
    }

    public static TheoryData<Action<string>, string> BadShards => new()
    {
        { root => Cut(root, 3000), "train-0001.tar: found" },
        { root => Cut(root, 1024), "without the two empty blocks that end a tar, wanted a whole tar; it is truncated" },
        { root => File.Delete(Path.Combine(root, "val-0000.tar")), "found no images to test on, wanted val or test beside train" },
        { root => Rewrite(root, ("1.png", [1]), ("1.cls", "3"u8.ToArray())), "found no training image of class" },
        { root => Rewrite(root, ("1.png", [1])), "train-0001.tar: 1: found an image without its label, wanted NNN.jpg and NNN.cls one after the other" },
        { root => Rewrite(root, ("1.cls", "1"u8.ToArray()), ("2.png", [1])), "train-0001.tar: 1: found a label without its image" },
        { root => Rewrite(root, ("1.png", [1]), ("1.cls", "owl"u8.ToArray())), "train-0001.tar: 1.cls: found owl, wanted a label in digits" },
    };

    [Theory]
    [MemberData(nameof(BadShards), DisableDiscoveryEnumeration = true)]
    public async Task What_is_wrong_with_shards_is_said_with_the_shard_and_the_file(Action<string> spoil, string error)
    {
        SampleImages.WriteShards(Source, 9, 3, 16);
        File.Delete(Path.Combine(Source, "train-0000.tar"));
        spoil(Source);
        var (code, _, errors) = await ConsoleRun.Async("data", "pack", Source, "--data", Data, "--size", "16");
        Assert.Equal(2, code);
        Assert.Contains(error, errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Data));
    }

    [Fact]
    public async Task A_pack_that_is_there_is_never_written_over_and_a_damaged_one_is_found()
    {
        SampleImages.WriteFolders(Source, 9, 6, 16);
        Assert.Equal(0, (await ConsoleRun.Async("data", "pack", Source, "--data", Data, "--size", "16")).Code);
        var bytes = await File.ReadAllBytesAsync(Pack, TestContext.Current.CancellationToken);
        var (code, _, errors) = await ConsoleRun.Async("data", "pack", Source, "--data", Data, "--size", "16");
        Assert.Equal((2, $"{Pack}: found a pack of that name, wanted another --name, or that file moved away first"), (code, errors.Trim()));
        bytes[5000] ^= 1;
        await File.WriteAllBytesAsync(Pack, bytes, TestContext.Current.CancellationToken);
        (code, _, errors) = await ConsoleRun.Async("data", "verify", "birds", "--data", Data);
        Assert.Equal(2, code);
        Assert.Contains($"{Pack}: found image 1 at byte 4864 that does not fit its checksum", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Scaling_weighs_every_pixel_of_the_central_square()
    {
        // 4 × 2 pixels: the central square of two to one pixel is their mean; a constant stays what it is at any size.
        byte[] wide = [9, 9, 9, 255, 10, 20, 30, 255, 20, 30, 40, 255, 9, 9, 9, 255, 9, 9, 9, 255, 30, 40, 50, 255, 40, 50, 60, 255, 9, 9, 9, 255];
        Assert.Equal([25, 35, 45], SquareScaling.Scale(wide, 4, 2, 1));
        byte[] plain = [.. Enumerable.Range(0, 37 * 23).SelectMany(_ => new byte[] { 3, 200, 77, 255 })];
        foreach (var size in new[] { 8, 22, 23, 24, 64 })
        {
            Assert.Equal([.. Enumerable.Repeat((byte)3, size * size), .. Enumerable.Repeat((byte)200, size * size), .. Enumerable.Repeat((byte)77, size * size)], SquareScaling.Scale(plain, 37, 23, size));
        }
    }

    private PackWriter Writer(string data, Action<PackProgress>? report = null) =>
        new(PackSources.Open(Source, null, null).Value!, new(data, "folder", "birds", 8, false), report ?? (_ => { }));

    private static byte[] Image(PackFile pack, int index)
    {
        using var stream = File.OpenRead(pack.Path);
        stream.Position = pack.Layout.PixelOffset + ((long)index * pack.Layout.ImageBytes);
        var bytes = new byte[pack.Layout.ImageBytes];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static void Cut(string root, int bytes)
    {
        var shard = Path.Combine(root, "train-0001.tar");
        File.WriteAllBytes(shard, File.ReadAllBytes(shard)[..^bytes]);
    }

    private static void Rewrite(string root, params (string Name, byte[] Bytes)[] files)
    {
        using var writer = new TarWriter(File.Create(Path.Combine(root, "train-0001.tar")));
        foreach (var (name, bytes) in files)
        {
            SampleImages.Add(writer, name, bytes);
        }
    }
}
