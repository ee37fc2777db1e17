using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Silo.Settings;

namespace SmallBatch.Silo.Notices;

/// <summary>
/// Sends each notice to each of its receivers until that one has taken it, and tells the sweep so. It stores nothing: what it
/// loses with its process the sweep hands to another, under the same id.
/// </summary>
internal sealed partial class WebhookSender(IOptions<WebhookSettings> settings, WebhookClient client, IGrainFactory grains, TimeProvider time, ILogger<WebhookSender> logger) : BackgroundService, INoticeSender
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private readonly Channel<(SweepNotice Notice, string Receiver)> due = Channel.CreateUnbounded<(SweepNotice, string)>();
    private readonly ConcurrentDictionary<(string Id, string Receiver), Task> underWay = [];

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Receivers => settings.Value.Receivers.Keys;

    /// <inheritdoc/>
    public void Send(SweepNotice notice)
    {
        ArgumentNullException.ThrowIfNull(notice);
        foreach (var receiver in notice.Receivers)
        {
            due.Writer.TryWrite((notice, receiver));
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (notice, receiver) in due.Reader.ReadAllAsync(stoppingToken))
        {
            var key = (notice.Id, receiver);
            if (!underWay.TryGetValue(key, out var sending) || sending.IsCompleted)
            {
                underWay[key] = DeliverAsync(notice, receiver, stoppingToken);
            }

            foreach (var (over, _) in underWay.Where(u => u.Value.IsCompleted))
            {
                underWay.TryRemove(over, out _);
            }
        }
    }

    private async Task DeliverAsync(SweepNotice notice, string name, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var failure = settings.Value.Receivers.TryGetValue(name, out var receiver) ? await client.TryAsync(notice, receiver, cancellationToken) : "this silo knows no such receiver";
            if (failure is null)
            {
                Delivered(notice.Sweep, notice.Kind, name, notice.Id);
                break;
            }

            if (time.GetUtcNow() - notice.At > settings.Value.GiveUpAfter)
            {
                GivenUp(notice.Sweep, notice.Kind, name, notice.Id, failure);
                break;
            }

            NotDelivered(notice.Sweep, notice.Kind, name, failure, pause);
            await Task.Delay(pause, time, cancellationToken);
        }

        await SettleAsync(notice, name, cancellationToken);
    }

    private async Task SettleAsync(SweepNotice notice, string name, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await grains.GetGrain<ISweepGrain>(notice.Sweep).NoticeSettled(notice.Id, name);
                return;
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                NotSettled(notice.Sweep, name, failure.Message);
                await Task.Delay(FirstPause, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Sweep {Sweep}, {Kind}: receiver {Receiver} has taken notice {Id}")]
    private partial void Delivered(string sweep, string kind, string receiver, string id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sweep {Sweep}, {Kind}: receiver {Receiver} has not taken the notice, {Failure}; again in {Pause}")]
    private partial void NotDelivered(string sweep, string kind, string receiver, string failure, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sweep {Sweep}, {Kind}: receiver {Receiver} is not tried any more with notice {Id}: {Failure}")]
    private partial void GivenUp(string sweep, string kind, string receiver, string id, string failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sweep {Sweep} could not be told what receiver {Receiver} has taken: {Failure}; trying again")]
    private partial void NotSettled(string sweep, string receiver, string failure);
}
