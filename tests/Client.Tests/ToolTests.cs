using System.Diagnostics;
using SmallBatch.Specs.Schemas;

namespace SmallBatch.Client.Tests;

/// <summary>The console as a .NET tool: packed by the script that packs it for others, of what was built, and installed from that folder alone, with no feed to ask.</summary>
public sealed class ToolTests : IDisposable
{
    private static readonly DirectoryInfo Root = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.Parent!.Parent!;
    private readonly string folder = Directory.CreateTempSubdirectory("smallbatch-tool-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_console_installs_as_a_tool_and_answers_as_the_one_that_was_built()
    {
        var (packages, tools) = (Path.Combine(folder, "packages"), Path.Combine(folder, "tools"));
        await RunAsync("bash", "eng/console.sh", "tool", packages, "--no-build");
        await RunAsync("dotnet", "tool", "install", "SmallBatch", "--tool-path", tools, "--source", packages);
        var tool = Path.Combine(tools, "smallbatch");
        string[][] asked = [["--version"], ["--help"], ["sweep", "--help"]];
        foreach (var arguments in asked)
        {
            Assert.Equal(await RunAsync(ConsoleRun.Program, arguments), await RunAsync(tool, arguments));
        }

        Assert.Equal(SpecSchemas.Sweep.TrimEnd('\n'), (await RunAsync(tool, "sweep", "schema")).TrimEnd('\n'));
    }

    /// <summary>What a command that succeeds prints.</summary>
    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Root.FullName, RedirectStandardOutput = true, RedirectStandardError = true };

        // A build's processes would stay and hold the output open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit code {process.ExitCode}\n{output}\n{await errors}");
        return output;
    }
}
