using SmallBatch.Client.Views;

namespace SmallBatch.Client.Tests;

public sealed class CellTextTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("key", 3)]
    [InlineData("best η̃", 6)]
    [InlineData("日本", 4)]
    public void A_line_is_as_wide_as_its_cells(string line, int width) => Assert.Equal(width, CellText.Width(line));

    [Theory]
    [InlineData("one two three", 13, "one two three")]
    [InlineData("one two three", 12, "one two|three")]
    [InlineData("one two three", 5, "one|two|three")]
    [InlineData("a waits-for-a-slot", 6, "a|waits-|for-a-|slot")]
    [InlineData("日本語", 5, "日本|語")]
    [InlineData("ηη̃η", 2, "ηη̃|η")]
    [InlineData("one two\nthree", 5, "one|two|three")]
    public void A_text_is_broken_between_words_and_within_one_that_is_wider_by_itself(string text, int width, string lines) => Assert.Equal(lines.Split('|'), CellText.Lines(text, width));
}
