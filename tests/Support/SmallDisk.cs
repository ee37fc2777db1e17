using System.Diagnostics;

namespace SmallBatch.Tests;

/// <summary>A disk of a few kilobytes that one command sees: a tmpfs in a mount namespace of its own, which needs no rights.</summary>
internal static class SmallDisk
{
    private static readonly string[] Unshare = ["--map-root-user", "--mount"];

    /// <summary>Runs a shell command with <c>$disk</c>, a folder of that size; skips the test where no such disk can be made.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(string folder, int kilobytes, string command)
    {
        await SkipWithoutAsync();
        return await ProcessAsync([.. Unshare, "sh", "-c", Mounted(folder, kilobytes, command)]);
    }

    /// <summary>The same as a line of a shell script, to which arguments of the command can be added, the first of which is its name.</summary>
    public static async Task<string> CommandAsync(string folder, int kilobytes, string command)
    {
        await SkipWithoutAsync();
        return $"unshare {string.Join(' ', Unshare)} sh -c '{Mounted(folder, kilobytes, command).Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    private static async Task SkipWithoutAsync() =>
        Assert.SkipUnless((await ProcessAsync([.. Unshare, "true"])).Code == 0, "no disk of its own: this machine lets no user make a mount namespace");

    private static string Mounted(string folder, int kilobytes, string command) => $"disk='{folder}' && mount -t tmpfs -o size={kilobytes}k none \"$disk\" && cd / && {command}";

    private static async Task<(int Code, string Output, string Errors)> ProcessAsync(string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("unshare", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await errors);
    }
}
