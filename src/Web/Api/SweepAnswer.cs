using SmallBatch.Contracts.Results;

namespace SmallBatch.Web.Api;

/// <summary>What an analysis comes to. The whole of ten thousand configurations is megabytes, which a page that asks every few seconds would not read in the time of a frame.</summary>
/// <param name="Sentence">As in <see cref="Analysis"/>.</param>
/// <param name="Warnings">As in <see cref="Analysis"/>.</param>
internal sealed record SweepAnswer(string Sentence, string[] Warnings)
{
    public static SweepAnswer Of(Analysis analysis) => new(analysis.Sentence, analysis.Warnings);
}
