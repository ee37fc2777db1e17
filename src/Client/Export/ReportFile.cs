using SmallBatch.Contracts.Results;
using SmallBatch.Reports;

namespace SmallBatch.Client.Export;

/// <summary><c>report.html</c>: one page over one sweep or several.</summary>
internal static class ReportFile
{
    /// <summary>Writes it, complete or not at all. Answers its full path.</summary>
    public static string Write(IReadOnlyList<SweepResults> results, bool mixed, string folder)
    {
        var path = Path.Combine(Path.GetFullPath(folder), "report.html");
        var page = ReportPage.Write(results, mixed);
        ResultFiles.Replace(path, partial => File.WriteAllText(partial, page));
        return path;
    }
}
