namespace SmallBatch.AzureStorage.Tests.Configuration;

/// <summary>Keeps a note in each of two storages, and a reminder.</summary>
[GrainInterfaceType("test.note-grain"), Alias("test.note-grain")]
public interface INoteGrain : IGrainWithStringKey
{
    [Alias("Keep")]
    Task Keep(string text);

    [Alias("Read")]
    Task<(string Table, string Blob, int Reminders, string Silo)> Read();
}
