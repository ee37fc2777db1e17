namespace SmallBatch.Pictures;

/// <summary>The kinds' names, as files and options bear them.</summary>
public static class PictureKinds
{
    /// <summary>Words joined by a dash: <c>heat-map</c>.</summary>
    public static string Name(PictureKind kind) => kind switch
    {
        PictureKind.HeatMap => "heat-map",
        PictureKind.NormBatch => "norm-batch",
        _ => kind.ToString().ToLowerInvariant(),
    };

    /// <summary>Every kind by its name.</summary>
    public static IReadOnlyDictionary<string, PictureKind> All { get; } = Enum.GetValues<PictureKind>().ToDictionary(Name);
}
