using SmallBatch.Specs;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Client.Writing;

/// <summary>A specification from answers, with a comment above each key.</summary>
internal static class WrittenSpec
{
    /// <summary>The file's text.</summary>
    public static string Text(Func<SpecQuestion, string> answer)
    {
        var lines = new List<string>
        {
            "# A sweep: every batch size with every base learning rate. All keys: docs/specification.md.",
            "# 'smallbatch sweep schema > spec.schema.json' and '# yaml-language-server: $schema=spec.schema.json' as the first line here let an editor complete it.",
        };
        foreach (var question in SpecQuestion.All)
        {
            lines.AddRange(["", .. question.Comment.Select(c => $"# {c}"), question.Line(answer(question))]);
        }

        return string.Join('\n', lines) + "\n";
    }

    /// <summary>What is wrong with one answer, others aside; null where nothing is.</summary>
    public static SpecError? Wrong(SpecQuestion asked, string answer, string folder) =>
        Draft(Text(q => q == asked ? answer : q.Fallback), folder).Errors is [var first, ..] ? first : null;

    /// <summary>The text as it would be read from a file in that folder.</summary>
    public static SweepDraft Draft(string text, string folder)
    {
        var draft = SweepDraft.Parse(text, null);
        if (draft is not { Spec.Network: { Length: > 0 } network, Network: null } || !File.Exists(Path.Combine(folder, network)))
        {
            return draft;
        }

        return SweepDraft.Parse(text, File.ReadAllText(Path.Combine(folder, network)));
    }
}
