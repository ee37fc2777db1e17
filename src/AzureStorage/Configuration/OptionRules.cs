using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace SmallBatch.AzureStorage.Configuration;

/// <summary>What options are checked for when the host starts, with what was found and what was wanted.</summary>
internal static partial class OptionRules
{
    /// <summary>What a missing client's error says to do.</summary>
    public const string ClientWanted = "a client: set it in code, or name ServiceKey, ConnectionName or ConnectionString in the configuration";

    /// <summary>Whether this is a table's name: a letter, then letters and digits, 3 to 63 in all.</summary>
    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]{2,62}$", RegexOptions.CultureInvariant)]
    public static partial Regex TableName();

    /// <summary>Whether this is a container's name: a-z, 0-9 and single '-' between them, 3 to 63 in all.</summary>
    [GeneratedRegex("^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$", RegexOptions.CultureInvariant)]
    public static partial Regex ContainerName();

    /// <summary>
    /// The stage of a silo's life that options name. Invalid ones are not complained of here, one at a time: the host
    /// checks all options when it starts, and says everything that is wrong.
    /// </summary>
    public static int StageOf(Func<int> stage)
    {
        try
        {
            return stage();
        }
        catch (OptionsValidationException)
        {
            return ServiceLifecycleStage.ApplicationServices;
        }
    }

    /// <summary>The error of a table's name.</summary>
    public static string BadTable(string what) => $"{what}: found a TableName that is none, wanted a letter, then letters and digits, 3 to 63 in all.";
}
