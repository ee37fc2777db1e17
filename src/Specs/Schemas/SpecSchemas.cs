namespace SmallBatch.Specs.Schemas;

/// <summary>JSON schemas by which an editor completes and checks what a user writes; a test holds them against what the readers take.</summary>
public static class SpecSchemas
{
    /// <summary>That of a specification: docs/spec.schema.json.</summary>
    public static string Sweep => Read("spec");

    /// <summary>That of a network's list of layers: docs/network.schema.json.</summary>
    public static string Network => Read("network");

    private static string Read(string name)
    {
        using var stream = typeof(SpecSchemas).Assembly.GetManifestResourceStream($"{name}.schema.json")!;
        return new StreamReader(stream).ReadToEnd();
    }
}
