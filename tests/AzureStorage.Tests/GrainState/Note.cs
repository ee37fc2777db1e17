namespace SmallBatch.AzureStorage.Tests.GrainState;

/// <summary>A state as an earlier release wrote it.</summary>
[GenerateSerializer, Alias("test.note")]
public sealed class Note(string text, byte[] payload)
{
    public Note()
        : this("", [])
    {
    }

    [Id(0)]
    public string Text { get; set; } = text;

    [Id(1)]
    public byte[] Payload { get; set; } = payload;
}

/// <summary>The same state after its class and its properties were renamed.</summary>
[GenerateSerializer, Alias("test.note.renamed")]
public sealed class RenamedNote
{
    [Id(0)]
    public string Words { get; set; } = "";

    [Id(1)]
    public byte[] Bytes { get; set; } = [];
}
