using System.Text;
using SmallBatch.Client.Packing;
using SmallBatch.Specs.Datasets;

namespace SmallBatch.Client.Tests.Data;

public sealed class PickleTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("smallbatch-pickle-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task CIFAR_s_python_version_becomes_a_pack_that_a_sweep_finds()
    {
        var source = Directory.CreateDirectory(Path.Combine(folder, "cifar-10-batches-py")).FullName;
        var data = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;
        File.WriteAllBytes(Path.Combine(source, "batches.meta"), Meta(10));
        for (var i = 0; i < 6; i++)
        {
            File.WriteAllBytes(Path.Combine(source, i < 5 ? $"data_batch_{i + 1}" : "test_batch"), Batch(i, [2 * i % 10, ((2 * i) + 1) % 10]));
        }

        var (code, output, errors) = await ConsoleRun.Async("data", "pack", source, "--data", data);
        Assert.True(code == 0, errors);
        Assert.Contains("cifar10 (10 train, 2 test), 10 classes, 32 pixels a side", output, StringComparison.Ordinal);
        var pack = PackFile.Inspect(Path.Combine(data, "cifar10.pack")).Value!;
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1], pack.Labels.ToArray().Select(l => (int)l));
        Assert.Null(pack.VerifyImages(_ => { }, TestContext.Current.CancellationToken));
        Assert.Equal(pack.ContentHash, DatasetCatalog.Inspect(new("cifar10"), data).Value!.ContentHash);
        var bytes = await File.ReadAllBytesAsync(pack.Path, TestContext.Current.CancellationToken);
        Assert.Equal(Pixels(3), bytes.AsSpan((int)pack.Layout.PixelOffset + (3 * 3072 * 2), 3072 * 2).ToArray());
    }

    [Theory]
    [InlineData("\u0080\u0002cposix\nsystem\nq\u0001U\u0002lsq\u0002\u0085q\u0003Rq\u0004.", "the name posix system")]
    [InlineData("\u0080\u0002}q\u0001U\u0004dataq\u0002cbuiltins\neval\nq\u0003s.", "the name builtins eval")]
    [InlineData("\u0080\u0004\u0095", "no pickle of protocol 2")]
    [InlineData("\u0080\u0002i__main__\n", "opcode 0x69")]
    [InlineData("\u0080\u0002}q", "a pickle that ends early or is damaged")]
    [InlineData("\u0080\u0002U\u0010abc", "a pickle that ends early or is damaged")]
    [InlineData("\u0080\u0002cnumpy\ndtype\nU\u0002f8K\0K\u0001\u0087R.", "a call of dtype that makes no array of uint8")]
    [InlineData("\u0080\u0002K\u0001.", "no dictionary")]
    public void A_pickle_that_is_anything_else_is_refused_and_nothing_in_it_runs(string text, string found)
    {
        var failure = Assert.Throws<UnusableFileException>(() => PickleReader.Read(Encoding.Latin1.GetBytes(text)));
        Assert.StartsWith(found, failure.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_labels_and_missing_batches_are_said_with_their_files()
    {
        File.WriteAllBytes(Path.Combine(folder, "meta"), Meta(100, "fine_label_names"));
        File.WriteAllBytes(Path.Combine(folder, "train"), Batch(0, [1, 100], "fine_labels"));
        Assert.Equal(
            [$"{folder}/train: found label 100 of image 1, wanted labels from 0 to 99", $"{folder}/test: found no such file, wanted a file of CIFAR's python version"],
            PackSources.Open(folder, null, null).Errors.Select(e => e.ToString()).Order(StringComparer.Ordinal).Reverse());
    }

    private static byte[] Pixels(int batch) => [.. SampleImages.Pixels(2 * batch, 32), .. SampleImages.Pixels((2 * batch) + 1, 32)];

    /// <summary>What Python 2's cPickle writes for {label_names: [...]}, opcode by opcode.</summary>
    private static byte[] Meta(int classes, string key = "label_names") =>
        [.. Bytes($"\u0080\u0002}}q\u0001U{(char)key.Length}{key}q\u0002]q\u0003("), .. Enumerable.Range(0, classes).SelectMany(c => Bytes($"U\u0003c{c:D2}")), .. Bytes("es.")];

    /// <summary>What it writes for {data: array of uint8, labels: [...]} of two images.</summary>
    private static byte[] Batch(int number, int[] labels, string key = "labels") =>
    [
        .. Bytes("\u0080\u0002}q\u0001(U\u0004dataq\u0002cnumpy.core.multiarray\n_reconstruct\nq\u0003cnumpy\nndarray\nq\u0004K\0\u0085U\u0001b\u0087Rq\u0005(K\u0001K\u0002M\0\u000c\u0086cnumpy\ndtype\nq\u0006U\u0002u1K\0K\u0001\u0087Rq\u0007(K\u0003U\u0001|NNNJ\u00ff\u00ff\u00ff\u00ffJ\u00ff\u00ff\u00ff\u00ffK\0tb\u0089T"),
        .. BitConverter.GetBytes(6144),
        .. Pixels(number),
        .. Bytes($"tbU{(char)key.Length}{key}q\u0008]q\u0009("),
        .. labels.SelectMany(l => new[] { (byte)'K', (byte)l }),
        .. Bytes("eu."),
    ];

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
