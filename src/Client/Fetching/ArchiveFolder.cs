using System.Formats.Tar;
using System.IO.Compression;
using SmallBatch.Client.Commands;

namespace SmallBatch.Client.Fetching;

/// <summary>Unpacks a tar.gz into a folder of its own: regular files only, none outside the folder.</summary>
internal static class ArchiveFolder
{
    private const long MostBytes = 4L << 30;

    /// <summary>Unpacks into <paramref name="folder"/>, which must not exist. Throws <see cref="CommandFailedException"/> for an archive that is damaged or reaches outside.</summary>
    public static async Task UnpackAsync(string archive, string folder, CancellationToken cancellationToken)
    {
        var root = Directory.CreateDirectory(folder).FullName;
        try
        {
            await using var stream = File.OpenRead(archive);
            await using var unzipped = new GZipStream(stream, CompressionMode.Decompress);
            await using var reader = new TarReader(unzipped);
            var total = 0L;
            while (await reader.GetNextEntryAsync(cancellationToken: cancellationToken) is { } entry)
            {
                var target = Path.GetFullPath(Path.Combine(root, entry.Name));
                if (Path.IsPathRooted(entry.Name) || (target != root && !target.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
                {
                    throw new CommandFailedException($"{archive}: found the path {entry.Name}, wanted paths within the archive's own folder; nothing was kept");
                }

                switch (entry.EntryType)
                {
                    case TarEntryType.Directory:
                        Directory.CreateDirectory(target);
                        break;
                    case TarEntryType.RegularFile or TarEntryType.V7RegularFile when (total += entry.Length) <= MostBytes:
                        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                        await using (var file = File.Create(target))
                        {
                            await (entry.DataStream ?? Stream.Null).CopyToAsync(file, cancellationToken);
                            file.Flush(flushToDisk: true);
                        }

                        break;
                    case TarEntryType.ExtendedAttributes or TarEntryType.GlobalExtendedAttributes:
                        break;
                    default:
                        throw new CommandFailedException($"{archive}: found {entry.EntryType} {entry.Name} of {entry.Length} bytes, wanted regular files and folders, at most {MostBytes} bytes together; nothing was kept");
                }
            }
        }
        catch (Exception failure) when (failure is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new CommandFailedException($"{archive}: {failure.Message} The archive is damaged; nothing was kept.");
        }
    }
}
