using System.Threading.Channels;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Tests;
using SmallBatch.Web.Api;

namespace SmallBatch.Web.Tests;

/// <summary>The reports that a silo draws, of sweeps whose results come when the test says so.</summary>
public sealed class SweepReportsTests : IDisposable
{
    private readonly Channel<(string SweepId, TaskCompletionSource<SweepResults> Results)> questions = Channel.CreateUnbounded<(string, TaskCompletionSource<SweepResults>)>();
    private readonly SweepReports reports;

    public SweepReportsTests() => reports = new(Proxy.Of<IGrainFactory>((_, key) => Proxy.Of<IAggregatorGrain>((_, _) =>
    {
        var results = new TaskCompletionSource<SweepResults>();
        Assert.True(questions.Writer.TryWrite(((string)key![0]!, results)));
        return results.Task;
    })));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => reports.Dispose();

    [Fact]
    public async Task A_silo_draws_one_report_at_a_time_and_one_that_several_ask_for_once()
    {
        var (first, second, other) = (reports.OfAsync("a", Token), reports.OfAsync("a", Token), reports.OfAsync("b", Token));
        await AnswerAloneAsync("a");
        var drawn = await first;
        await AnswerAloneAsync("a");
        Assert.Same(drawn, await second);
        await AnswerAloneAsync("b");
        Assert.NotSame(drawn, await other);

        // Kept until the results are others.
        var again = reports.OfAsync("a", Token);
        await AnswerAloneAsync("a");
        Assert.Same(drawn, await again);
        var changed = reports.OfAsync("a", Token);
        await AnswerAloneAsync("a", "Another answer.");
        Assert.NotEqual(drawn.Tag, (await changed).Tag);
    }

    [Fact]
    public async Task Who_leaves_before_his_turn_or_whose_results_cannot_be_had_keeps_nobody_waiting()
    {
        using var impatient = new CancellationTokenSource();
        var (first, left, third) = (reports.OfAsync("a", Token), reports.OfAsync("b", impatient.Token), reports.OfAsync("c", Token));
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        (await questions.Reader.ReadAsync(Token)).Results.SetException(new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => first);
        await AnswerAloneAsync("c");
        Assert.NotEmpty((await third).Tag);
    }

    /// <summary>Gives the results that are asked for; nobody else has asked for any.</summary>
    private async Task AnswerAloneAsync(string sweepId, string sentence = "Nothing has ended yet.")
    {
        var (asked, results) = await questions.Reader.ReadAsync(Token);
        Assert.Equal(sweepId, asked);
        Assert.False(questions.Reader.TryPeek(out _), "another report was begun meanwhile");
        var sweep = new SweepSnapshot(sweepId, sweepId, "", "d", 1, 1, "n", "1 epoch", 1, 0, 1, 0, null, SweepPhase.Grid, 1, DateTimeOffset.UnixEpoch, null, null);
        results.SetResult(new(sweep, "n", [], [], new(sentence, null, [], false, [], [], [], 0.5, [], [], [])));
    }
}
