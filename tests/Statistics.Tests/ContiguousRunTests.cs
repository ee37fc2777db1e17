namespace SmallBatch.Statistics.Tests;

public sealed class ContiguousRunTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("---", "")]
    [InlineData("-+-", "1-1")]
    [InlineData("++-", "0-1≥")]
    [InlineData("-++", "1-2≥")]
    [InlineData("?+-", "1-1≥")]
    [InlineData("-+?+-", "1-1≥ 3-3≥")]
    [InlineData("-++-+-", "1-2 4-4")]
    public void Runs_end_at_what_is_outside_and_are_bounds_beside_what_is_not_known(string points, string runs)
    {
        var found = ContiguousRun.All([.. points.Select(p => p switch { '+' => Membership.In, '-' => Membership.Out, _ => Membership.Unknown })]);
        Assert.Equal(runs, string.Join(' ', found.Select(r => $"{r.First}-{r.Last}{(r.IsBound ? "≥" : "")}")));
    }
}
