using System.Threading.Channels;
using SmallBatch.Grains.Results;

namespace SmallBatch.Grains.Tests;

public sealed class GroupCommitTests
{
    private readonly List<string> stored = [];
    private readonly Channel<TaskCompletionSource<bool>> answers = Channel.CreateUnbounded<TaskCompletionSource<bool>>();
    private bool aloneFails;

    [Fact]
    public async Task What_comes_while_one_is_on_its_way_goes_together_in_the_next()
    {
        var commit = Commit(most: 10);
        var first = commit.StoreAsync("a");
        var others = new[] { commit.StoreAsync("b"), commit.StoreAsync("c") };
        Assert.False(first.IsCompleted);
        await AnswerAsync(true);
        await first;
        await AnswerAsync(true);
        await Task.WhenAll(others);
        Assert.Equal(["a", "b+c"], stored);
    }

    [Fact]
    public async Task No_more_go_together_than_fit()
    {
        var commit = Commit(most: 2);
        var all = "abcde".Select(c => commit.StoreAsync($"{c}")).ToList();
        for (var i = 0; i < 3; i++)
        {
            await AnswerAsync(true);
        }

        await Task.WhenAll(all);
        Assert.Equal(["a", "b+c", "d+e"], stored);
    }

    [Fact]
    public async Task Where_one_is_there_already_each_is_stored_alone_and_hears_of_its_own_end()
    {
        var commit = Commit(most: 10);
        var first = commit.StoreAsync("a");
        var (b, bad) = (commit.StoreAsync("b"), commit.StoreAsync("bad"));
        await AnswerAsync(true);
        await first;
        aloneFails = true;
        await AnswerAsync(false);
        await AnswerAsync(true);
        await b;
        await AnswerAsync(true);
        await Assert.ThrowsAsync<InvalidOperationException>(() => bad);
        Assert.Equal(["a", "b+bad", "b", "bad"], stored);
    }

    [Fact]
    public async Task A_store_that_fails_is_everybody_s_failure_and_the_next_is_stored()
    {
        var commit = Commit(most: 10);
        var first = commit.StoreAsync("a");
        var (b, c) = (commit.StoreAsync("b"), commit.StoreAsync("c"));
        await AnswerAsync(true);
        await first;
        (await NextAsync()).SetException(new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => b);
        await Assert.ThrowsAsync<TimeoutException>(() => c);
        var next = commit.StoreAsync("d");
        await AnswerAsync(true);
        await next;
        Assert.Equal(["a", "b+c", "d"], stored);
    }

    /// <summary>The store answers the oldest request.</summary>
    private async Task AnswerAsync(bool answer) => (await NextAsync()).SetResult(answer);

    private Task<TaskCompletionSource<bool>> NextAsync() => answers.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask();

    private GroupCommit<string> Commit(int most) => new(
        (group, _) => group.Count < most,
        group => StoreAsync(string.Join('+', group)),
        async item =>
        {
            await StoreAsync(item);
            if (aloneFails && item == "bad")
            {
                throw new InvalidOperationException(item);
            }
        });

    private Task<bool> StoreAsync(string what)
    {
        stored.Add(what);
        var answer = new TaskCompletionSource<bool>();
        answers.Writer.TryWrite(answer);
        return answer.Task;
    }
}
