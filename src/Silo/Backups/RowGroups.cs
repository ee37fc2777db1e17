using System.Runtime.CompilerServices;
using Azure.Data.Tables;

namespace SmallBatch.Silo.Backups;

/// <summary>Rows that follow each other put together as far as a transaction takes them.</summary>
internal static class RowGroups
{
    private const int MostInTransaction = 100;

    /// <summary>Characters of rows as they lie in a backup, which the service writes much alike. A transaction takes 4 MiB; several of this size in flight are little memory.</summary>
    private const long MostCharacters = 1_000_000;

    /// <summary>Groups lines, each of one partition.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<TableEntity>> OfAsync(IAsyncEnumerable<string> lines, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var group = new List<TableEntity>();
        var characters = 0L;
        await foreach (var line in lines.WithCancellation(cancellationToken))
        {
            var row = RowText.Read(line);
            if (group.Count > 0 && (group[0].PartitionKey != row.PartitionKey || group.Count == MostInTransaction || characters + line.Length > MostCharacters))
            {
                yield return group;
                (group, characters) = ([], 0);
            }

            group.Add(row);
            characters += line.Length;
        }

        if (group.Count > 0)
        {
            yield return group;
        }
    }
}
