using System.Diagnostics;
using SmallBatch.Client.Azurite;
using SmallBatch.Client.Running;

namespace SmallBatch.Client.Tests;

/// <summary>Whole command lines, in this process.</summary>
public sealed class ConsoleTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("smallbatch-client-").FullName;

    private string State => Path.Combine(folder, "state");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_bad_specification_says_every_error_and_starts_and_stores_nothing()
    {
        var (code, _, errors) = await RunAsync("run", Spec("name: X\nbatchSizes: [0]\nepochs: 5\nnetwork: resnet8\ndataset: synthetic\nbaseLearningRates: [2^-9]\nreplcas: 3"), "--state", State);
        Assert.Equal(2, code);
        Assert.Equal(3, errors.Trim().Split('\n').Length);
        Assert.Contains("replcas: found an unknown key, wanted 'replicas'; did you mean that?", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(State));
    }

    [Theory]
    [InlineData("verify", "data", "verify", "--quick")]
    [InlineData("show", "sweep", "show", "-q")]
    public async Task An_option_that_a_verb_does_not_have_is_taken_for_no_name(string verb, params string[] arguments)
    {
        var (code, output, errors) = await RunAsync(arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith($"{arguments[^1]}: found an option that '{verb}' does not have, wanted one that its --help lists", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("found swep, wanted 'sweep'; did you mean that?", "swep", "list")]
    [InlineData("sweep: found sho, wanted 'show'; did you mean that?", "sweep", "sho", "quickstart")]
    [InlineData("store: found dump, wanted one of backup, restore", "store", "dump")]
    [InlineData("pool: found no command, wanted one of show, drain, undrain", "pool")]
    [InlineData("--datta: found an option that 'run' does not have, wanted '--data'; did you mean that?", "run", "spec.yaml", "--datta", "DIR")]
    [InlineData("queued: found one word too many, wanted none; an option is repeated for each of its values", "config", "list", "s", "--status", "training", "queued")]
    public async Task A_mistyped_command_or_option_is_one_line_with_what_may_have_been_meant(string line, params string[] arguments)
    {
        var (code, output, errors) = await RunAsync(arguments);
        Assert.Equal((2, ""), (code, output));
        var lines = errors.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.EndsWith(line, lines[0], StringComparison.Ordinal);
        Assert.StartsWith("'smallbatch --help' lists the commands", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_lists_commands_a_line_each_and_a_commands_own_help_ends_with_its_examples()
    {
        Assert.DoesNotContain("sweeps/quickstart.yaml", await HelpAsync("--help"), StringComparison.Ordinal);
        var run = await HelpAsync("run", "--help");
        Assert.True(run.IndexOf("Options:", StringComparison.Ordinal) < run.IndexOf("Examples:\n  smallbatch run sweeps/quickstart.yaml\n", StringComparison.Ordinal), run);
        Assert.Contains("table, json or csv; default table", await HelpAsync("sweep", "list", "-h"), StringComparison.Ordinal);

        static async Task<string> HelpAsync(params string[] arguments)
        {
            var start = new ProcessStartInfo(ConsoleRun.Program, arguments) { RedirectStandardOutput = true };
            using var help = Process.Start(start)!;
            return await help.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_data_folder_without_datasets_is_named()
    {
        var (code, output, _) = await RunAsync("data", "list", "--data", folder);
        Assert.Equal((0, $"No dataset is in {folder}; --data DIR names another folder, 'smallbatch data fetch' and 'data pack' bring one. 'synthetic' needs none.\n"), (code, output));
        Assert.Equal((0, "[]\n"), await RunAsync("data", "list", "--data", folder, "-o", "json") is var (json, list, _) ? (json, list) : default);
    }

    [Fact]
    public async Task A_silo_where_one_runs_already_says_so_before_it_names_ports()
    {
        using var held = StateFolder.Take(State);
        var (code, _, errors) = await RunAsync("silo", "--state", State, "--http-port", "99999");
        Assert.Equal(2, code);
        Assert.StartsWith($"{State}: found it held by process {Environment.ProcessId}", errors, StringComparison.Ordinal);
        Assert.Contains("'smallbatch sweep submit SPEC'", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public async Task Each_shell_has_a_script_that_asks_the_program_and_an_unknown_one_is_told_which(string shell)
    {
        var (code, output, _) = await RunAsync("completion", shell);
        Assert.Equal(0, code);
        Assert.Contains("[suggest:", output, StringComparison.Ordinal);
        Assert.Equal((2, "shell: found tcsh, wanted bash, zsh, fish, pwsh\n"), await RunAsync("completion", "tcsh") is var (wrong, _, errors) ? (wrong, errors) : default);
    }

    [Theory]
    [InlineData("spec.schema.json", "sweep", "schema")]
    [InlineData("network.schema.json", "sweep", "schema", "--network")]
    public async Task The_schema_that_is_printed_is_the_committed_one(string file, params string[] arguments)
    {
        var committed = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, file), TestContext.Current.CancellationToken);
        Assert.Equal((0, committed, ""), await RunAsync(arguments));
    }

    [Theory]
    [InlineData("smallbatch swe", "sweep\n")]
    [InlineData("smallbatch sweep p", "pause\npreview\n")]
    [InlineData("smallbatch run ", "\n")]
    [InlineData("smallbatch run --wi", "--within\n")]
    [InlineData("smallbatch sweep show --", "--cluster-id\n--gateway\n--help\n--output\n--service-id\n--state\n--tls\n")]
    [InlineData("smallbatch config list quickstart --sort s", "score\n")]
    [InlineData("smallbatch config list quickstart --status ", "cancelled\ncompleted\nfailed\npending\nqueued\ntraining\n")]
    public async Task Bash_completes_what_the_program_says_that_fits(string line, string fits)
    {
        var client = Path.Combine(AppContext.BaseDirectory, "smallbatch");
        Assert.SkipUnless(File.Exists("/bin/bash") && File.Exists(client), "No bash here, or no program beside the tests.");
        var start = new ProcessStartInfo("/bin/bash", ["-c", """
            smallbatch() { "$0" "$@"; }
            source <(smallbatch completion bash)
            COMP_LINE="$1" COMP_POINT=${#1}
            COMP_WORDS=($1)
            [ "${1: -1}" = " " ] && COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _smallbatch
            printf '%s\n' "${COMPREPLY[@]}" | sort
            """, client, line]) { RedirectStandardOutput = true };
        using var bash = Process.Start(start)!;
        Assert.Equal(fits, await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_missing_dataset_is_named_before_anything_starts()
    {
        var (code, _, errors) = await RunAsync("run", Spec(Good.Replace("synthetic", "cifar10", StringComparison.Ordinal)), "--data", folder, "--state", State);
        Assert.Equal(2, code);
        Assert.Equal($"{folder}/cifar-10-batches-bin: found no such folder, wanted the official binary files of cifar10; 'smallbatch data fetch cifar10 --data DIR' brings them, and --data DIR names where they are\n", errors);
        Assert.False(Directory.Exists(State));
    }

    [Fact]
    public async Task A_long_run_wants_to_be_asked_for()
    {
        var (code, output, errors) = await RunAsync("run", Spec(Good.Replace("epochs: 1", "epochs: 100000", StringComparison.Ordinal)), "--state", State);
        Assert.Equal(2, code);
        Assert.Contains("Predicted time on", output, StringComparison.Ordinal);
        Assert.StartsWith("--yes: found nothing", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_to_fit_a_time_shows_every_key_that_it_scales_from_what_to_what()
    {
        // Not further than the folder: another run has it.
        using var held = StateFolder.Take(State);
        var (code, output, _) = await RunAsync("run", Spec(Good.Replace("epochs: 1", "epochs: 100000", StringComparison.Ordinal)), "--state", State, "--within", "1h");
        Assert.Equal(2, code);
        Assert.Matches("│ name +│ good +│ good-within-1h +│", output);
        Assert.Matches("│ epochs +│ 100000 +│ [0-9]+ +│", output);
        Assert.Contains("good-within-1h is a sweep of its own, and its results are none of good's.", output, StringComparison.Ordinal);
        Assert.Contains("good-within-1h: resnet8", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_time_that_nothing_fits_is_refused_with_the_time_that_is_needed_before_anything_starts()
    {
        var (code, _, errors) = await RunAsync("run", Spec(Good.Replace("resnet8", "resnet50", StringComparison.Ordinal).Replace("epochs: 1", "epochs: 100", StringComparison.Ordinal)), "--state", State, "--within", "1s");
        Assert.Equal(2, code);
        Assert.StartsWith("--within: found 1s, wanted at least ", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(State));
    }

    [Fact]
    public async Task A_state_folder_that_another_run_holds_is_left_alone()
    {
        using var held = StateFolder.Take(State);
        var (code, _, errors) = await RunAsync("run", Spec(Good), "--state", State);
        Assert.Equal(2, code);
        Assert.Contains($"found it held by process {Environment.ProcessId}", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_folder_that_cannot_be_made_is_named()
    {
        var file = Path.Combine(folder, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        var (code, _, errors) = await RunAsync("run", Spec(Good), "--state", file);
        Assert.Equal(2, code);
        Assert.Contains("wanted a folder that can be written", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unreachable_cluster_is_exit_code_3_with_the_address_and_what_to_do()
    {
        var port = FreePorts.Take(1)[0];
        var patience = Stopwatch.StartNew();
        var (code, _, errors) = await RunAsync("sweep", "list", "--gateway", $"127.0.0.1:{port}");
        Assert.Equal(3, code);
        Assert.Contains($"No silo answers at 127.0.0.1:{port}", errors, StringComparison.Ordinal);
        Assert.Contains("smallbatch silo", errors, StringComparison.Ordinal);
        Assert.True(patience.Elapsed < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Ports_in_use_are_named_all_at_once()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        var (code, _, errors) = await RunAsync("silo", "--state", State, "--silo-port", $"{port}", "--http-port", "99999");
        Assert.Equal(2, code);
        Assert.Contains($"--silo-port: found {port}, which is in use", errors, StringComparison.Ordinal);
        Assert.Contains("--http-port: found 99999, no port", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(State));
    }

    [Fact]
    public async Task Without_Node_or_Azurite_both_are_named_and_nothing_is_made()
    {
        // As a process of its own: its PATH, and nobody else's, has no node.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(own.Parent!.Parent!.FullName, "Client", own.Name, "smallbatch");
        var start = new ProcessStartInfo(program, ["run", Spec(Good), "--state", State]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = folder;
        start.Environment["SMALLBATCH_AZURITE"] = folder;
        using var run = Process.Start(start)!;
        var errors = await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("Node: found no program 'node', wanted Node 20 or newer", errors, StringComparison.Ordinal);
        Assert.Contains($"Azurite: found no {folder}/node_modules", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(State));
    }

    [Fact]
    public async Task A_folder_for_the_results_that_cannot_be_made_is_named_before_anything_starts()
    {
        var file = Path.Combine(folder, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        var (code, _, errors) = await RunAsync("run", Spec(Good), "--state", State, "--out", Path.Combine(file, "results"));
        Assert.Equal(2, code);
        Assert.StartsWith($"--out: found that {file}/results cannot be written", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(State));
    }

    [Theory]
    [InlineData("--output: found xml, wanted table, json or csv", "sweep", "list", "-o", "xml")]
    [InlineData("--output: found 2, wanted table, json or csv", "sweep", "list", "-o", "2")]
    [InlineData("--attempt: found first, wanted a whole number", "config", "log", "k", "--attempt", "first")]
    [InlineData("--within: found 1x, wanted a time of at least a second, such as 90s, 10m, 1.5h or 2d", "run", "spec.yaml", "--within", "1x")]
    [InlineData("--scale: found beside --within 1h, wanted one of the two", "run", "spec.yaml", "--within", "1h", "--scale")]
    [InlineData("--gateway: found nowhere, wanted HOST:PORT, such as 127.0.0.1:30000", "sweep", "list", "--gateway", "nowhere")]
    public async Task An_option_that_cannot_be_read_says_what_was_found_and_wanted(string error, params string[] arguments)
    {
        var (code, _, errors) = await RunAsync(arguments);
        Assert.Equal(2, code);
        Assert.StartsWith(error, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truncated_data_file_is_named_with_the_size_found_and_the_size_wanted()
    {
        var data = Directory.CreateDirectory(Path.Combine(folder, "cifar-10-batches-bin")).FullName;
        foreach (var (number, name) in Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin").Append("test_batch.bin").Index())
        {
            await File.WriteAllBytesAsync(Path.Combine(data, name), [0, (byte)number, .. new byte[(2 * 3073) - 2]], TestContext.Current.CancellationToken);
        }

        await File.WriteAllBytesAsync(Path.Combine(data, "data_batch_4.bin"), new byte[6000], TestContext.Current.CancellationToken);
        var (code, _, errors) = await RunAsync("run", Spec(Good.Replace("synthetic", "cifar10", StringComparison.Ordinal)), "--data", folder, "--state", State);
        Assert.Equal(2, code);
        Assert.StartsWith($"{data}/data_batch_4.bin: found 6000 bytes, wanted whole records of 3073 bytes, so 3073 or 6146", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(State));
    }

    [Fact]
    public async Task A_layer_and_a_batch_size_that_do_not_fit_are_said_beside_what_cannot_be_read()
    {
        await File.WriteAllTextAsync(
            Path.Combine(folder, "net.yaml"), "layers: [ { conv: { filters: 4, kernel: 3, stride: 16 } }, { maxPool: { kernel: 4, padding: 0 } }, { linear: { outputs: classes } } ]", TestContext.Current.CancellationToken);
        var spec = Good.Replace("resnet8", "net.yaml", StringComparison.Ordinal).Replace("[2]", "[2, 2048]", StringComparison.Ordinal) + "\nreplicas: 0";
        var (code, _, errors) = await RunAsync("run", Spec(spec), "--state", State);
        Assert.Equal(2, code);
        Assert.Equal(
            [
                "replicas: found 0, wanted a whole number from 1 to 1000",
                "batchSizes: found 2048, wanted at most the 512 training images of synthetic",
                "net.yaml: layers[1].maxPool: found a kernel of 4 on a map of 4×2×2 with padding 0, wanted a kernel no larger than the padded map",
            ],
            errors.Trim().Split('\n'));
        Assert.False(Directory.Exists(State));
    }

    [Fact]
    public async Task An_unknown_command_is_bad_input_with_the_way_to_help()
    {
        var (code, _, errors) = await RunAsync("swep", "list");
        Assert.Equal(2, code);
        Assert.Contains("--help", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void The_store_s_secret_is_no_argument_of_the_silo()
    {
        var info = SiloProcess.Info(new("AccountKey=secret", new("127.0.0.1:30000", "c", "s"), 1, 2, null, "w", "l", []));
        Assert.DoesNotContain(info.ArgumentList, a => a.Contains("secret", StringComparison.Ordinal));
        Assert.Equal("AccountKey=secret", info.Environment["SMALLBATCH_Storage__ConnectionString"]);
    }

    private const string Good = "name: good\ndataset: synthetic\nnetwork: resnet8\nbatchSizes: [2]\nbaseLearningRates: [2^-9]\nepochs: 1";

    private string Spec(string text)
    {
        var path = Path.Combine(folder, "spec.yaml");
        File.WriteAllText(path, text);
        return path;
    }

    private static Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments) => ConsoleRun.Async(arguments);
}
