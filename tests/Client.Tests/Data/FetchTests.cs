using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using SmallBatch.Client.Commands;
using SmallBatch.Client.Fetching;
using SmallBatch.Tests;

namespace SmallBatch.Client.Tests.Data;

public sealed class FetchTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("smallbatch-fetch-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_connection_cut_again_and_again_is_gone_on_with_and_the_dataset_is_whole()
    {
        var archive = Cifar();
        await using var server = new CuttingServer(archive, 20_000);
        var (code, output, errors) = await ConsoleRun.Async("data", "fetch", "cifar10", "--data", folder, "--url", $"{server.Url}", "--md5", Md5(archive));
        Assert.True(code == 0, errors);
        Assert.Contains("cifar10 (10 train, 2 test) is in", output, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, (archive.Length + 19_999) / 20_000).Select(i => i * 20_000), server.Ranges);
        Assert.Equal(["cifar-10-batches-bin"], Directory.GetFileSystemEntries(folder).Select(Path.GetFileName));
        Assert.Equal(2 * 3073, new FileInfo(Path.Combine(folder, "cifar-10-batches-bin", "data_batch_5.bin")).Length);
    }

    [Fact]
    public async Task What_another_process_left_behind_is_gone_on_with()
    {
        var archive = Cifar();
        await File.WriteAllBytesAsync(Path.Combine(folder, "a.part"), archive[..7000], Token);
        await using var server = new CuttingServer(archive, int.MaxValue);
        await DownloadAsync(server.Url, archive);
        Assert.Equal([7000], server.Ranges);
        Assert.Equal(archive, await File.ReadAllBytesAsync(Path.Combine(folder, "a"), Token));
    }

    [Fact]
    public async Task A_server_without_ranges_is_begun_anew_with()
    {
        var archive = Cifar();
        await File.WriteAllBytesAsync(Path.Combine(folder, "a.part"), archive[..7000], Token);
        await using var server = new CuttingServer(archive, int.MaxValue, ranges: false);
        await DownloadAsync(server.Url, archive);
        Assert.Equal(archive, await File.ReadAllBytesAsync(Path.Combine(folder, "a"), Token));
    }

    [Fact]
    public async Task Another_file_is_refused_by_its_checksum_and_nothing_of_it_stays()
    {
        var archive = Cifar();
        await using var server = new CuttingServer(archive, int.MaxValue);
        var (code, _, errors) = await ConsoleRun.Async("data", "fetch", "cifar10", "--data", folder, "--url", $"{server.Url}");
        Assert.Equal(1, code);
        Assert.Contains($"found {archive.Length} bytes with MD5 {Md5(archive)}, wanted MD5 c32a1d4ab5d03f1284b67883e8d87530", errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public async Task A_server_that_brings_nothing_is_given_up_and_what_came_stays()
    {
        await using var server = new CuttingServer(Cifar(), 0);
        await File.WriteAllBytesAsync(Path.Combine(folder, "a.part"), new byte[100], Token);
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMinutes(1) };
        using var http = new HttpClient();
        var fetching = new Download(http, time).FetchAsync(server.Url, Path.Combine(folder, "a"), "", (_, _) => { }, Token);
        while (!fetching.IsCompleted)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }

        var failure = await Assert.ThrowsAsync<CommandFailedException>(() => fetching);
        Assert.Contains("100 bytes are here; the same command goes on behind them", failure.Message, StringComparison.Ordinal);
        Assert.Equal(100, new FileInfo(Path.Combine(folder, "a.part")).Length);
    }

    [Theory]
    [InlineData(20, "/cifar-10-batches-bin.tar.gz.part: found No space left on device")]
    [InlineData(50, "/.cifar-10-batches-bin.unpacking: found No space left on device")]
    public async Task A_disk_without_room_is_named_with_what_is_wanted_and_what_came_is_gone_on_with(int kilobytes, string error)
    {
        var archive = Cifar();
        await using var server = new CuttingServer(archive, int.MaxValue);
        var disk = Directory.CreateDirectory(Path.Combine(folder, "disk")).FullName;
        var fetch = $"{ConsoleRun.Program} data fetch cifar10 --data \"$disk\" --url {server.Url} --md5 {Md5(archive)}";
        var (code, output, errors) = await SmallDisk.RunAsync(disk, kilobytes, $"{{ {fetch}; echo exit $?; ls -A \"$disk\"; mount -o remount,size=1m \"$disk\" && {fetch}; }}");
        Assert.True(code == 0, errors);
        Assert.Contains($"{disk}{error}", errors, StringComparison.Ordinal);
        Assert.Contains($"{archive.Length} bytes", errors, StringComparison.Ordinal);
        Assert.Contains("exit 1\ncifar-10-batches-bin.tar.gz.part\n", output, StringComparison.Ordinal);
        Assert.Contains("cifar10 (10 train, 2 test) is in", output, StringComparison.Ordinal);
        Assert.True(server.Ranges is [0, > 10_000], string.Join(", ", server.Ranges));
    }

    [Theory]
    [InlineData("../outside.bin")]
    [InlineData("/tmp/outside.bin")]
    [InlineData("a/../../outside.bin")]
    public async Task A_path_that_leaves_the_folder_is_refused(string path)
    {
        var archive = Path.Combine(folder, "evil.tar.gz");
        await File.WriteAllBytesAsync(archive, TarGz((path, [1, 2, 3])), Token);
        var failure = await Assert.ThrowsAsync<CommandFailedException>(() => ArchiveFolder.UnpackAsync(archive, Path.Combine(folder, "in", "side"), Token));
        Assert.Contains($"found the path {path}", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["evil.tar.gz"], Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_link_in_an_archive_is_refused()
    {
        var archive = Path.Combine(folder, "evil.tar.gz");
        await using (var zipped = new GZipStream(File.Create(archive), CompressionLevel.Fastest))
        await using (var writer = new TarWriter(zipped))
        {
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = "/etc" }, Token);
        }

        var failure = await Assert.ThrowsAsync<CommandFailedException>(() => ArchiveFolder.UnpackAsync(archive, Path.Combine(folder, "in"), Token));
        Assert.Contains("found SymbolicLink link", failure.Message, StringComparison.Ordinal);
    }

    private async Task DownloadAsync(Uri url, byte[] wanted)
    {
        using var http = new HttpClient();
        await new Download(http, TimeProvider.System).FetchAsync(url, Path.Combine(folder, "a"), Md5(wanted), (_, _) => { }, Token);
    }

    private static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));

    /// <summary>CIFAR-10's archive with two images a file, which cannot be compressed.</summary>
    private static byte[] Cifar()
    {
        var noise = Enumerable.Range(0, 12 * 3073).Chunk(32).SelectMany(c => SHA256.HashData(BitConverter.GetBytes(c[0]))).ToArray();
        var files = Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin").Append("test_batch.bin").Select((name, i) =>
        {
            var bytes = noise[(i * 2 * 3073)..((i + 1) * 2 * 3073)];
            (bytes[0], bytes[3073]) = ((byte)i, 9);
            return ($"cifar-10-batches-bin/{name}", bytes);
        });
        return TarGz([.. files]);
    }

    private static byte[] TarGz(params (string Name, byte[] Bytes)[] files)
    {
        var memory = new MemoryStream();
        using (var zipped = new GZipStream(memory, CompressionLevel.Fastest))
        using (var writer = new TarWriter(zipped))
        {
            foreach (var (name, bytes) in files)
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
            }
        }

        return memory.ToArray();
    }
}
