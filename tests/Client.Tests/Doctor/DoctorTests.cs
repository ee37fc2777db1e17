using System.Diagnostics;
using System.Text.Json;
using SmallBatch.Client.Cluster;
using SmallBatch.Client.Doctor;
using SmallBatch.Contracts;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Client.Tests.Doctor;

public sealed class DoctorTests : IDisposable
{
    private static readonly Device Device = new("cuda:0", "gpu", ["cuda:0", "cuda:0.1"], "c", null);
    private static readonly HostSnapshot Host = new("10.0.0.1:11111@5", "first", [Device], 1, null, 0);
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task What_this_machine_lacks_is_all_found_at_once_each_with_its_remedy()
    {
        var (code, findings) = await RunAsync(
            ["--state", Path.Combine(folder, "state")],
            new() { ["PATH"] = folder, ["SMALLBATCH_AZURITE"] = folder, ["SMALLBATCH_SILO"] = Path.Combine(folder, "Silo", "release", "SmallBatch.Silo") });
        Assert.Equal(1, code);
        Assert.Contains("found no program 'node'", findings["store"].Found, StringComparison.Ordinal);
        Assert.Contains("run eng/setup.sh", findings["store"].Found, StringComparison.Ordinal);
        Assert.Equal($"no {Path.Combine(folder, "Silo", "release", "SmallBatch.Silo")}", findings["silo"].Found);
        Assert.Equal($"no {Path.Combine(folder, "Training", "release", "SmallBatch.Training")}", findings["trainer"].Found);
        Assert.All(["store", "silo", "trainer"], check => Assert.Equal((Verdict.Problem, true), (findings[check].Verdict, findings[check].Remedy is { Length: > 0 })));
        Assert.All(["runtime", "memory", "state"], check => Assert.Equal((Verdict.Ok, null), (findings[check].Verdict, findings[check].Remedy)));
    }

    [Fact]
    public async Task A_killed_run_s_cluster_and_a_file_in_the_state_folder_s_place_are_problems()
    {
        var state = Path.Combine(folder, "state");
        Directory.CreateDirectory(state);
        await File.WriteAllTextAsync(Path.Combine(state, "endpoint.json"), JsonSerializer.Serialize(new ClusterAddress("127.0.0.1:1", "run-1", "smallbatch")), TestContext.Current.CancellationToken);
        var (code, findings) = await RunAsync(["--state", state], []);
        Assert.Equal((1, Verdict.Problem), (code, findings["cluster"].Verdict));
        Assert.Contains("'smallbatch run SPEC' again goes on", findings["cluster"].Remedy, StringComparison.Ordinal);
        Assert.Equal(Verdict.Ok, findings["state"].Verdict);

        var file = Path.Combine(state, "endpoint.json");
        (_, findings) = await RunAsync(["--state", file], []);
        Assert.Equal((Verdict.Problem, $"{file} is a file, wanted a folder"), (findings["state"].Verdict, findings["state"].Found));
    }

    [Fact]
    public async Task A_cluster_that_was_named_and_does_not_answer_is_a_problem()
    {
        var (code, findings) = await RunAsync(["--gateway", "127.0.0.1:1"], []);
        Assert.Equal(1, code);
        Assert.Equal(["cluster"], findings.Keys);
        Assert.StartsWith("No silo answers at 127.0.0.1:1 (cluster smallbatch): ", findings["cluster"].Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_is_quiet_and_one_that_is_drained_are_problems_and_so_is_a_pool_without_slots()
    {
        var pool = new PoolSnapshot(1, [Host with { SecondsSinceHeartbeat = 20 }, Host with { HostName = "second", Drain = "drained by alice" }], [], [], []);
        Assert.Equal(
            [
                new("devices", Verdict.Ok, "2 hosts with 4 slots; 0 waiting configurations"),
                new("host", Verdict.Problem, "first has not spoken for 20 s", "Its work goes elsewhere by itself; look at its silo's log and network."),
                new("device", Verdict.Problem, "second: drained by alice; it has given up all its leases."),
            ],
            ClusterChecks.Pool(pool));
        Assert.Equal(Verdict.Problem, Assert.Single(ClusterChecks.Pool(new(1, [], [], [], []))).Verdict);
    }

    private static async Task<(int Code, IReadOnlyDictionary<string, Finding> Findings)> RunAsync(string[] options, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(ConsoleRun.Program, ["doctor", "-o", "json", .. options]) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, JsonSerializer.Deserialize<Finding[]>(output, JsonForm.Indented)!.ToDictionary(f => f.Check));
    }
}
