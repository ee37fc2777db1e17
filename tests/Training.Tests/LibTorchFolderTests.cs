using System.Diagnostics;

namespace SmallBatch.Training.Tests;

/// <summary>A trainer without a libtorch of its own, and the folder that it is told of.</summary>
public sealed class LibTorchFolderTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly string bare;
    private readonly string libtorch;

    public LibTorchFolderTests()
    {
        (bare, libtorch) = (Path.Combine(folder.Path, "bare"), Path.Combine(folder.Path, "libtorch"));
        Directory.CreateDirectory(bare);
        Directory.CreateDirectory(libtorch);
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory))
        {
            var name = Path.GetFileName(file);
            if (name.StartsWith("lib", StringComparison.Ordinal) && name != "libLibTorchSharp.so")
            {
                File.CreateSymbolicLink(Path.Combine(libtorch, name), file);
            }
            else
            {
                File.Copy(file, Path.Combine(bare, name));
            }
        }

        // As published without libtorch: the list of files beside the program does not name it.
        File.Delete(Path.Combine(bare, "SmallBatch.Training.deps.json"));
        File.WriteAllText(Path.Combine(folder.Path, "spec.yaml"), "name: t\ndataset: { kind: synthetic, trainImages: 50, testImages: 20 }\nnetwork: n.yaml\nbatchSizes: [4]\nbaseLearningRates: [2^-6]\nepochs: 2\n");
        File.WriteAllText(Path.Combine(folder.Path, "n.yaml"), Torch.TinyNetwork);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task It_trains_on_the_libtorch_of_that_folder_and_ends_with_the_same_bytes()
    {
        var own = await RunAsync(AppContext.BaseDirectory, []);
        Assert.Equal(0, own.ExitCode);
        Assert.Equal(2, own.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal((0, own.Output), await WithoutLogAsync(bare, ["--libtorch", libtorch]));
        Assert.Equal((0, own.Output), await WithoutLogAsync(bare, [], ("SMALLBATCH_LIBTORCH", libtorch)));
        Assert.Equal((0, own.Output), await WithoutLogAsync(bare, ["--libtorch", libtorch], ("SMALLBATCH_LIBTORCH", "/no/such/folder")));
    }

    [Fact]
    public async Task Without_any_or_with_a_folder_that_holds_none_it_says_so_in_one_line()
    {
        foreach (var (options, where, advice) in new (string[], string, string)[]
        {
            ([], $"{bare}/", "; build with its package, or name their folder by --libtorch or SMALLBATCH_LIBTORCH."),
            (["--libtorch", folder.Path], folder.Path, " themselves in this folder (in libtorch's own archive it is lib)."),
        })
        {
            var (exitCode, _, log) = await RunAsync(bare, options);
            Assert.Equal(2, exitCode);
            Assert.Equal($"{where}: found no libc10.so, libtorch_cpu.so, libtorch.so, wanted the libraries of libtorch 2.10{advice}\n", log);
        }
    }

    [Fact]
    public async Task A_folder_with_something_else_under_that_name_is_refused()
    {
        File.Delete(Path.Combine(libtorch, "libtorch_cpu.so"));
        File.Copy(Path.Combine(libtorch, "libc10.so"), Path.Combine(libtorch, "libtorch_cpu.so"));
        var (exitCode, _, log) = await RunAsync(bare, ["--libtorch", libtorch]);
        Assert.Equal((2, $"{libtorch}: found libtorch before 2.9, wanted 2.10, for which TorchSharp's library was built.\n"), (exitCode, log));
    }

    private async Task<(int ExitCode, string Output)> WithoutLogAsync(string program, string[] options, params (string, string)[] variables)
    {
        var (exitCode, output, _) = await RunAsync(program, options, variables);
        return (exitCode, output);
    }

    private async Task<(int ExitCode, string Output, string Log)> RunAsync(string program, string[] options, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(
            Path.Combine(program, "SmallBatch.Training"),
            ["train", "--spec", Path.Combine(folder.Path, "spec.yaml"), "--m", "4", "--lr", "2^-6", "--replicas", "2", "--out", folder.Path, .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var log = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await log);
    }
}
