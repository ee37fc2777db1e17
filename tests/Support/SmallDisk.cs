using System.Diagnostics;

namespace SmallBatch.Tests;

/// <summary>A disk of a few kilobytes that one command sees: a tmpfs in a mount namespace of its own, which needs no rights.</summary>
internal static class SmallDisk
{
    private static readonly string[] Unshare = ["--map-root-user", "--mount"];

    /// <summary>Runs a shell command with <c>$disk</c>, a folder of that size; skips the test where no such disk can be made.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(string folder, int kilobytes, string command)
    {
        await SkipUnlessPermittedAsync();
        return await ProcessAsync([.. Unshare, "sh", "-c", $"disk='{folder}' && mount -t tmpfs -o size={kilobytes}k none \"$disk\" && cd / && {command}"]);
    }

    /// <summary>Skips the test where no such disk can be made.</summary>
    public static async Task SkipUnlessPermittedAsync() =>
        Assert.SkipUnless((await ProcessAsync([.. Unshare, "true"])).Code == 0, "no disk of its own: this machine lets no user make a mount namespace");

    private static async Task<(int Code, string Output, string Errors)> ProcessAsync(string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("unshare", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await errors);
    }
}
