namespace SmallBatch.Client.Azurite;

/// <summary>Where Azurite was installed.</summary>
internal static class AzuriteLocation
{
    private const string Installed = "node_modules/azurite/dist/src/azurite.js";

    /// <summary>Its script, and the one that ties it to its parent. Throws <see cref="SetupException"/> with everything that is missing and what to run.</summary>
    public static (string Script, string Child) Find()
    {
        var folder = Environment.GetEnvironmentVariable("SMALLBATCH_AZURITE") is { Length: > 0 } set ? set : InCheckout() ?? Path.Combine(AppContext.BaseDirectory, "azurite");
        var (script, child) = (Path.Combine(folder, Installed), Path.Combine(folder, "child.cjs"));
        var missing = File.Exists(script) && File.Exists(child)
            ? null
            : $"Azurite: found no {script}, wanted it installed; run eng/setup.sh, or name the folder that holds child.cjs and node_modules by SMALLBATCH_AZURITE.";
        var problems = new[] { NodeProgram.Refusal(), missing }.OfType<string>().ToList();
        return problems.Count == 0 ? (script, child) : throw new SetupException(string.Join('\n', problems));
    }

    private static string? InCheckout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SmallBatch.sln")))
            {
                return Path.Combine(folder.FullName, "eng", "azurite");
            }
        }

        return null;
    }
}
