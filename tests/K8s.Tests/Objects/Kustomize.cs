using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace SmallBatch.K8s.Tests.Objects;

/// <summary>The renderer that kubectl brings along.</summary>
internal static partial class Kustomize
{
    private const int OldestMajor = 5;

    /// <summary>Why overlays cannot be rendered on this machine; null where they can.</summary>
    public static string? Missing()
    {
        try
        {
            var version = Version().Match(Run("version", "--client"));
            return version.Success && int.Parse(version.Groups[1].ValueSpan) >= OldestMajor
                ? null
                : $"kubectl: found {(version.Success ? $"one with kustomize {version.Groups[1].Value}" : "one from before 1.24, which names no kustomize")}, wanted one with kustomize {OldestMajor} (kubectl 1.27 or newer)";
        }
        catch (Win32Exception)
        {
            return "kubectl: not found, wanted 1.27 or newer on the PATH";
        }
    }

    /// <summary>An overlay's text.</summary>
    public static string Render(string overlay) => Run("kustomize", Path.Combine(Repository.Root, "k8s", "overlays", overlay));

    private static string Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("kubectl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"kubectl {string.Join(' ', arguments)}: exit code {process.ExitCode}, {errors.Result}");
    }

    [GeneratedRegex(@"Kustomize Version: v(\d+)")]
    private static partial Regex Version();
}
