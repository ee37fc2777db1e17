using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Silo.Notices;
using SmallBatch.Silo.Settings;
using SmallBatch.Tests;

namespace SmallBatch.Silo.Tests.Notices;

public sealed class WebhookSenderTests
{
    private const string Secret = "0123456789abcdef";
    private static readonly SweepNotice Notice = new("s1.3.finished", SweepNotice.Finished, "cifar", "s1", DateTimeOffset.UnixEpoch, "Sweep cifar is complete.", ["ops"]);
    private readonly ImmediateTime time = new();
    private readonly TaskCompletionSource<string> settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_receiver_that_refuses_is_tried_again_later_and_later_under_one_id_and_the_sweep_is_told_once_it_has_it()
    {
        await using var receiver = new NoticeReceiver(asked => asked < 11 ? HttpStatusCode.InternalServerError : HttpStatusCode.OK);
        Assert.Equal("s1.3.finished ops", await SendAsync(receiver, WebhookForm.Json, TimeSpan.FromDays(1)));
        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300], time.Waits.Select(w => (int)w.TotalSeconds));
        Assert.Equal(12, receiver.Received.Count);
        Assert.All(receiver.Received, r => Assert.True(r.Id == Notice.Id && r.IsSignedWith(Secret) && !r.IsSignedWith(Secret + "x")));
        var body = JsonDocument.Parse(receiver.Taken.Single().Body).RootElement;
        Assert.Equal(("s1.3.finished", "finished", "cifar", "s1"), (body.GetProperty("id").GetString(), body.GetProperty("kind").GetString(), body.GetProperty("sweep").GetString(), body.GetProperty("sweepId").GetString()));
        Assert.Equal(("1970-01-01T00:00:00+00:00", Notice.Text), (body.GetProperty("at").GetString(), body.GetProperty("text").GetString()));
    }

    [Fact]
    public async Task A_receiver_that_never_takes_it_is_given_up_and_the_sweep_keeps_it_no_longer()
    {
        await using var receiver = new NoticeReceiver(_ => HttpStatusCode.NotFound);
        Assert.Equal("s1.3.finished ops", await SendAsync(receiver, WebhookForm.Json, TimeSpan.FromSeconds(10)));
        Assert.Equal([1, 2, 4, 8], time.Waits.Select(w => (int)w.TotalSeconds));
    }

    [Fact]
    public async Task Where_a_receiver_sends_it_on_to_it_is_not_sent()
    {
        await using var elsewhere = new NoticeReceiver(_ => HttpStatusCode.Redirect);
        await SendAsync(elsewhere, WebhookForm.Json, TimeSpan.FromSeconds(1));

        // Itself, so that it would see each redirect that is followed as a request of its own without a pause.
        Assert.Equal(time.Waits.Count + 1, elsewhere.Received.Count);
    }

    [Fact]
    public async Task A_chat_tool_gets_a_text_and_nothing_else()
    {
        await using var receiver = new NoticeReceiver(_ => HttpStatusCode.OK);
        await SendAsync(receiver, WebhookForm.Chat, TimeSpan.FromDays(1));
        Assert.Equal("""{"text":"Sweep cifar is complete."}""", receiver.Taken.Single().Body);
    }

    [Fact]
    public void Settings_that_cannot_be_used_are_named_without_what_they_hold()
    {
        var settings = new WebhookSettings();
        settings.Receivers.Add("file", new() { Url = "file:///etc/passwd", Secret = "short-secret" });
        settings.Receivers.Add("user", new() { Url = "https://me:pass@host/", Form = WebhookForm.Chat });
        settings.Receivers.Add("bare", new() { Url = "https://host/hidden" });
        settings.Receivers.Add("chat", new() { Url = "https://host/hidden", Form = WebhookForm.Chat });
        Assert.Equal(
            [
                "Webhooks:Receivers:file:Url: found no address that can be used, wanted http:// or https:// with a host and without a user.",
                "Webhooks:Receivers:file:Secret: found 12 characters, wanted at least 16, such as 'openssl rand -hex 16' makes.",
                "Webhooks:Receivers:user:Url: found no address that can be used, wanted http:// or https:// with a host and without a user.",
                "Webhooks:Receivers:bare:Secret: found 0 characters, wanted at least 16, such as 'openssl rand -hex 16' makes.",
            ],
            settings.Validate(new(settings)).Select(v => v.ErrorMessage!));
    }

    private async Task<string> SendAsync(NoticeReceiver receiver, WebhookForm form, TimeSpan giveUpAfter)
    {
        var settings = new WebhookSettings { GiveUpAfter = giveUpAfter };
        settings.Receivers.Add("ops", new() { Url = receiver.Url, Secret = Secret, Form = form });
        var sweep = Proxy.Of<ISweepGrain>((_, arguments) =>
        {
            settled.TrySetResult(string.Join(' ', arguments!));
            return Task.CompletedTask;
        });
        using var client = new WebhookClient(time);
        using var sender = new WebhookSender(Options.Create(settings), client, Proxy.Of<IGrainFactory>((_, _) => sweep), time, NullLogger<WebhookSender>.Instance);
        await sender.StartAsync(TestContext.Current.CancellationToken);
        sender.Send(Notice);
        sender.Send(Notice);
        var told = await settled.Task.WaitAsync(TestContext.Current.CancellationToken);
        await sender.StopAsync(TestContext.Current.CancellationToken);
        return told;
    }
}
