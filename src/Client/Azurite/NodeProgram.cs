using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace SmallBatch.Client.Azurite;

/// <summary>Node, which runs Azurite.</summary>
internal static class NodeProgram
{
    /// <summary>The program's name, found by PATH.</summary>
    public const string Name = "node";

    /// <summary>The oldest version that the pinned Azurite and child.cjs are tried with.</summary>
    private const int OldestMajor = 20;

    /// <summary>Whether a program of that name is on the PATH.</summary>
    public static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Why it cannot run Azurite; null where it can.</summary>
    public static string? Refusal()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Name, "--version") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var version = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return int.TryParse(version.TrimStart('v').Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) && major >= OldestMajor
                ? null
                : $"Node: found {(version.Length > 0 ? version : "no version")}, wanted {OldestMajor} or newer, which runs Azurite; install a newer package nodejs.";
        }
        catch (Win32Exception)
        {
            return $"Node: found no program '{Name}', wanted Node {OldestMajor} or newer, which runs Azurite; install the package nodejs.";
        }
    }
}
