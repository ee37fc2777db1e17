using System.Diagnostics;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Settings;
using SmallBatch.Specs.Sweeps;
using SmallBatch.Tests;
using SmallBatch.Training.Checkpoints;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Training.Tests;

/// <summary>The trainer as a process, spoken to as a silo does.</summary>
public sealed class TrainerProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "SmallBatch.Training");
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task An_image_damaged_after_the_sweep_was_submitted_is_refused_with_its_place_and_the_next_job_trains()
    {
        var layout = LargePack.Write(folder.Path);
        var large = Damaged("large", layout.PixelOffset + (40L * layout.ImageBytes) + 5);
        HandMadePack.Write(Path.Combine(folder.Path, "birds.pack"), train: 24, test: 8);
        var birds = Damaged("birds", new FileInfo(Path.Combine(folder.Path, "birds.pack")).Length - 2000);
        using var process = Start();
        await SendAsync(process, new StartTraining([birds]));
        await SendAsync(process, new StartTraining([large]));
        await SendAsync(process, new StartTraining([Job([])]));
        var notices = await ReadAsync(process, n => n is TrainingCompleted);

        // The small pack is read whole before training, of the large one each image as it is first used.
        var refused = notices.OfType<TrainingRefused>().ToList();
        Assert.Equal(["birds", "large"], refused.Select(r => r.Job));
        Assert.StartsWith($"{folder.Path}/birds.pack: found image ", Assert.Single(refused[0].Errors), StringComparison.Ordinal);
        Assert.StartsWith($"{folder.Path}/large.pack: found image 40 at byte {layout.PixelOffset + (40L * layout.ImageBytes)} that does not fit its checksum, wanted the bytes that were packed; the file is damaged", Assert.Single(refused[1].Errors), StringComparison.Ordinal);
        Assert.Equal(["large", "job"], notices.OfType<TrainingStarted>().Select(n => n.Job));
        Assert.DoesNotContain(notices.OfType<EpochEnded>(), n => n.Job == "large");
        process.Kill();
    }

    [Fact]
    public async Task Its_words_and_its_log_in_one_file_follow_each_other()
    {
        var file = Path.Combine(folder.Path, "all");
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", $"exec {Program} serve > {file} 2>&1"]) { RedirectStandardInput = true })!;
        await process.StandardInput.WriteLineAsync("no request");
        await SendAsync(process, new StartTraining([Job([]) with { SettingsText = "" }]));
        var (clock, lines) = (Stopwatch.StartNew(), Array.Empty<string>());
        while (lines.Length < 4)
        {
            Assert.True(clock.Elapsed < Patience, string.Join('\n', lines));
            await Task.Delay(20, TestContext.Current.CancellationToken);
            lines = File.Exists(file) ? (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Split('\n') : [];
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var (log, words) = (lines.Where(l => l.StartsWith("ignored a line", StringComparison.Ordinal)), lines.Where(l => l.StartsWith('{')).Select(TrainerProtocol.ReadNotice));
        Assert.Single(log);
        Assert.Equal([typeof(TrainerReady), typeof(TrainingRefused)], words.Select(w => w.GetType()));
    }

    [Fact]
    public async Task A_disk_without_room_ends_training_by_hand_with_path_and_size_and_leaves_whole_checkpoints_only()
    {
        var (spec, disk) = (Path.Combine(folder.Path, "s.yaml"), Directory.CreateDirectory(Path.Combine(folder.Path, "disk")).FullName);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "tiny.yaml"), Torch.TinyNetwork, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(spec, "name: s\ndataset: { kind: synthetic, trainImages: 50, testImages: 30 }\nnetwork: tiny.yaml\nbatchSizes: [4]\nbaseLearningRates: [2^-6]\nepochs: 50", TestContext.Current.CancellationToken);
        var (code, output, errors) = await SmallDisk.RunAsync(
            disk, 128, $"{{ {Program} train --spec {spec} --m 4 --lr 2^-6 --checkpoint-every 0.001 --out \"$disk\"; code=$?; ls -l \"$disk\" | tail -n +2; exit $code; }}");
        Assert.Equal(1, code);
        var last = errors.TrimEnd().Split('\n')[^1];
        Assert.Matches($@"^{disk}/grid-[0-9a-f]+-\d+\.safetensors: found No space left on device.*, wanted room for a checkpoint of \d+ bytes; free some on that disk\. Or name another folder than {disk} by --out", last);
        var files = output.TrimEnd().Split('\n').Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.All(files, f => Assert.EndsWith(".safetensors", f[^1], StringComparison.Ordinal));
        Assert.Equal(errors.Split('\n').Count(l => l.StartsWith("checkpoint at step", StringComparison.Ordinal)), files.Count);
    }

    [Fact]
    public async Task A_checkpoint_named_by_hand_that_is_not_this_run_s_is_bad_input_and_nothing_is_trained()
    {
        var spec = Path.Combine(folder.Path, "s.yaml");
        await File.WriteAllTextAsync(spec, "name: s\ndataset: { kind: synthetic, trainImages: 50, testImages: 30 }\nnetwork: resnet8\nbatchSizes: [4]\nbaseLearningRates: [2^-6]\nepochs: 1", TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "old"), Safetensors.Write(new Dictionary<string, string> { ["format"] = "smallbatch-checkpoint-0" }, []), TestContext.Current.CancellationToken);
        using var process = Start(null, "train", "--spec", spec, "--m", "4", "--lr", "2^-6", "--out", folder.Path, "--resume", Path.Combine(folder.Path, "old"));
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, process.ExitCode);
        Assert.Equal("--resume: old: its format is smallbatch-checkpoint-0, wanted smallbatch-checkpoint-1; without --resume it begins anew", errors.Trim());
    }

    [Fact]
    public async Task A_failure_that_nobody_expected_ends_it_with_a_code_of_its_own_and_its_words_last()
    {
        // Its folder goes while it trains, and the next checkpoint has no place.
        using var process = Start();
        var log = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var scratch = Directory.CreateDirectory(Path.Combine(folder.Path, "scratch")).FullName;
        await SendAsync(process, new StartTraining([Job([]) with { ScratchFolder = scratch, CheckpointSeconds = 0.001 }]));
        while (TrainerProtocol.ReadNotice((await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!) is not CheckpointWritten)
        {
        }

        Directory.Move(scratch, scratch + "-gone");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(TrainerExit.Failed, process.ExitCode);
        Assert.Matches("^(File|Directory)NotFoundException: Could not find", (await log).TrimEnd().Split('\n')[^1]);
    }

    [Fact]
    public async Task A_network_that_this_machine_s_memory_does_not_hold_ends_it_with_the_code_that_says_so()
    {
        // 0.9 GB of weights, and a limit of 256 MB, so that the test needs neither.
        using var process = Start(("DOTNET_GCHeapHardLimit", "0x10000000"), "serve");
        var log = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var job = Job([]);
        var settings = SettingsText.Read(job.SettingsText) with { NetworkText = "layers: [{averagePool: global}, {linear: {outputs: 15000}}, relu, {linear: {outputs: 15000}}, relu, {linear: {outputs: classes}}]" };
        await SendAsync(process, new StartTraining([job with { SettingsText = SettingsText.Write(settings) }]));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(TrainerExit.OutOfHostMemory, process.ExitCode);
        Assert.StartsWith("out of memory on the host: ", (await log).TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asked_to_verify_a_device_it_answers_with_one_line()
    {
        using var process = Start(null, "verify", "--device", "cpu");
        process.StandardInput.Close();
        var lines = (await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Split('\n');
        var verified = Assert.IsType<DeviceVerified>(TrainerProtocol.ReadNotice(lines[0]));
        Assert.Equal("", Assert.Single(lines[1..]));
        Assert.Equal("cpu", verified.Device);
        Assert.Empty(verified.Differences);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    private static Process Start() => Start(null, "serve");

    private static Process Start((string Name, string Value)? variable, params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (variable is { } set)
        {
            start.Environment[set.Name] = set.Value;
        }

        return Process.Start(start)!;
    }

    private static async Task SendAsync(Process process, TrainerRequest request)
    {
        await process.StandardInput.WriteLineAsync(TrainerProtocol.Write(request));
        await process.StandardInput.FlushAsync();
    }

    private static async Task<List<TrainerNotice>> RunAsync(TrainingJob job, Func<TrainerNotice, Process, bool> stop)
    {
        using var process = Start();
        await SendAsync(process, new StartTraining([job]));
        var notices = await ReadAsync(process, n => stop(n, process) || n is TrainingCompleted or TrainingRefused);
        process.Kill();
        return notices;
    }

    private static async Task<List<TrainerNotice>> ReadAsync(Process process, Func<TrainerNotice, bool> last)
    {
        var notices = new List<TrainerNotice>();
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            notices.Add(TrainerProtocol.ReadNotice(line));
            if (last(notices[^1]))
            {
                break;
            }
        }

        return notices;
    }

    /// <summary>A job on a pack in which a byte changes once the job is made.</summary>
    private TrainingJob Damaged(string pack, long at)
    {
        var identity = DatasetCatalog.Inspect(new("folder", Path: pack, Crop: 8), folder.Path).Value!;
        var draft = SweepDraft.Parse($"name: s\ndataset: {{ kind: folder, path: {pack}, crop: 8 }}\nnetwork: n.yaml\nbatchSizes: [4]\nbaseLearningRates: [2^-6]\nepochs: 2", "layers: [{averagePool: global}, {linear: {outputs: classes}}]");
        var settings = SweepPlan.Of(draft, identity).Value!.Cells[0].Settings;
        using var file = new FileStream(Path.Combine(folder.Path, pack + ".pack"), FileMode.Open);
        file.Position = at;
        var was = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(was ^ 1));
        return Job([]) with { Job = pack, SettingsText = SettingsText.Write(settings), DataRoot = folder.Path };
    }

    private TrainingJob Job(IReadOnlyList<string> checkpoints)
    {
        var settings = Torch.Plan("augment: true", trainImages: 200).Cells[0].Settings with { EpochBudget = 10 };
        return new("job", SettingsText.Write(settings), "grid", 2, "", folder.Path, 0.5, checkpoints, "cpu");
    }
}
