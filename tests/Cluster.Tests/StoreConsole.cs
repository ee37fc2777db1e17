using System.Diagnostics;

namespace SmallBatch.Cluster.Tests;

/// <summary><c>smallbatch store</c> as an operator starts it: a process, the store named by its environment.</summary>
internal static class StoreConsole
{
    public static async Task<(int Code, string Output, string Errors)> RunAsync(string connectionString, params string[] arguments)
    {
        using var process = Start(connectionString, arguments);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await errors);
    }

    /// <summary>Starts it.</summary>
    public static Process Start(string connectionString, params string[] arguments)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var start = new ProcessStartInfo(Path.Combine(own.Parent!.Parent!.FullName, "Client", own.Name, "smallbatch"), ["store", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SMALLBATCH_Storage__ConnectionString"] = connectionString;
        return Process.Start(start)!;
    }
}
