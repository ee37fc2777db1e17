using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SmallBatch.Silo.Backups;

/// <summary>What one file of a backup lists.</summary>
internal enum ListedKind
{
    /// <summary>Rows of a table, a line each.</summary>
    Table,

    /// <summary>Blobs of a container, a line each; their contents lie beside, under their hashes.</summary>
    Container,
}

/// <summary>One file of a backup.</summary>
/// <param name="File">Its name in the backup's folder.</param>
/// <param name="Kind">What it lists.</param>
/// <param name="Name">The table or container.</param>
/// <param name="Count">Lines: rows, or blobs.</param>
/// <param name="Bytes">Its own length.</param>
/// <param name="ContentBytes">Of a container, the length of its blobs together; else 0.</param>
/// <param name="Sha256">Of the file, lower-case hex.</param>
internal sealed record ListedFile(string File, ListedKind Kind, string Name, long Count, long Bytes, long ContentBytes, string Sha256)
{
    /// <summary>In words.</summary>
    public string Describe() => string.Create(CultureInfo.InvariantCulture, $"{File}: {Count} {(Kind == ListedKind.Table ? "rows of table" : "blobs of container")} {Name}, {Bytes + ContentBytes} bytes");
}

/// <summary>A table that a backup leaves out.</summary>
/// <param name="Table">Its name.</param>
/// <param name="Because">Why.</param>
internal sealed record LeftOut(string Table, string Because);

/// <summary>What a backup has in it: written last, so a folder without it is no backup.</summary>
/// <param name="Form">Number of the form of the files, <see cref="CurrentForm"/>.</param>
/// <param name="StoreFormat">The store's format.</param>
/// <param name="StoreRelease">The release that wrote the store's format first.</param>
/// <param name="Release">The release that took the backup.</param>
/// <param name="ServiceId">The service whose state it is: silos that are to go on with it want the same.</param>
/// <param name="Began">When it was begun: what was acknowledged before is in it.</param>
/// <param name="Ended">When all was read: nothing later is in it.</param>
/// <param name="Files">Its files, in the order in which they were taken.</param>
/// <param name="LeftOut">Tables that are not in it.</param>
internal sealed record BackupManifest(
    int Form,
    int StoreFormat,
    string StoreRelease,
    string Release,
    string ServiceId,
    DateTimeOffset Began,
    DateTimeOffset Ended,
    IReadOnlyList<ListedFile> Files,
    IReadOnlyList<LeftOut> LeftOut)
{
    /// <summary>The form that this release writes, and the only one that it reads.</summary>
    public const int CurrentForm = 1;

    /// <summary>How its text is written.</summary>
    public static JsonSerializerOptions Text { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>How a line of a list is written.</summary>
    public static JsonSerializerOptions Line { get; } = new(JsonSerializerDefaults.Web);
}
