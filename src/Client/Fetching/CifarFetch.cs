using SmallBatch.Client.Commands;
using SmallBatch.Specs.Datasets;

namespace SmallBatch.Client.Fetching;

/// <summary>From an archive to a folder that the trainer reads: downloaded, checked, unpacked beside, checked again, renamed.</summary>
internal sealed class CifarFetch(HttpClient http, TimeProvider time)
{
    /// <summary>
    /// Brings the dataset into <paramref name="root"/>; at once where it is there. Throws <see cref="CommandFailedException"/>
    /// or <see cref="BadInputException"/>; a folder that is there and damaged is left alone.
    /// </summary>
    public async Task<DatasetIdentity> FetchAsync(CifarArchive archive, string root, Action<long, long?> report, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(root);
        var folder = Path.Combine(root, archive.Folder);
        if (Directory.Exists(folder))
        {
            var there = CifarFiles.At(archive.Kind, root).Inspect();
            return there.Value ?? throw new BadInputException([.. there.Errors.Select(e => e.ToString()), $"{folder} is there and damaged: move it away, then fetch again."]);
        }

        var file = Path.Combine(root, Path.GetFileName(archive.Folder) + ".tar.gz");
        await new Download(http, time).FetchAsync(archive.Url, file, archive.Md5, report, cancellationToken);
        var beside = Path.Combine(root, $".{archive.Folder}.unpacking");
        try
        {
            if (Directory.Exists(beside))
            {
                Directory.Delete(beside, recursive: true);
            }

            await ArchiveFolder.UnpackAsync(file, beside, cancellationToken);
            var unpacked = CifarFiles.At(archive.Kind, beside).Inspect();
            if (unpacked.Value is null)
            {
                throw new BadInputException(unpacked.Errors.Select(e => e.ToString()));
            }

            Directory.Move(Path.Combine(beside, archive.Folder), folder);
            return unpacked.Value;
        }
        catch (IOException full)
        {
            // What was downloaded is whole and stays where the next call looks for it.
            var bytes = new FileInfo(file).Length;
            File.Move(file, Download.PartOf(file), overwrite: true);
            throw new CommandFailedException($"{beside}: found {full.Message.TrimEnd('.')}, wanted room for what the archive's {bytes} bytes unpack to; make room, and the same command goes on without a new download.");
        }
        finally
        {
            File.Delete(file);
            if (Directory.Exists(beside))
            {
                Directory.Delete(beside, recursive: true);
            }
        }
    }
}
