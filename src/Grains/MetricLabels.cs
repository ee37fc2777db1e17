using System.Text.Json;

namespace SmallBatch.Grains;

/// <summary>Values of labels.</summary>
public static class MetricLabels
{
    /// <summary>An enumeration's member as metrics write it: <c>out_of_service</c>.</summary>
    public static string Label<T>(this T member)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(member.ToString());
}
