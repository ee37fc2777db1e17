using System.Globalization;

namespace SmallBatch.Grains.Sweeps;

/// <summary>
/// What people are told of a sweep. A notice is stored in the same write as what it tells of, and stays there until each receiver has
/// got it: whoever dies in between, the next activation sends it again under the same id.
/// </summary>
internal sealed partial class SweepGrain
{
    private readonly HashSet<string> givenUp = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task ConfigurationGivenUp(string configurationKey)
    {
        givenUp.Add(configurationKey);
        return ConfigurationEnded(configurationKey);
    }

    /// <inheritdoc/>
    public async Task NoticeSettled(string noticeId, string receiver)
    {
        if (!State.Notices.Any(n => n.Id == noticeId && n.Receivers.Contains(receiver)))
        {
            return;
        }

        await Store(State with
        {
            Notices = [.. State.Notices.Select(n => n.Id == noticeId ? n with { Receivers = [.. n.Receivers.Where(r => r != receiver)] } : n).Where(n => n.Receivers.Length > 0)],
        });
        if (Over && State.Notices.Length == 0)
        {
            CollectRegularly();
        }
    }

    /// <summary>The state with a notice of that kind, once in each control version.</summary>
    private SweepState With(SweepState next, string kind, string text)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{State.SweepId}.{next.ControlVersion}.{kind}");
        return notices.Receivers.Count == 0 || next.Told.Contains(id)
            ? next
            : next with
            {
                Told = [.. next.Told.Where(t => t.StartsWith(string.Create(CultureInfo.InvariantCulture, $"{State.SweepId}.{next.ControlVersion}."), StringComparison.Ordinal)), id],
                Notices = [.. next.Notices, new(id, kind, Name, State.SweepId!, time.GetUtcNow(), text, [.. notices.Receivers])],
            };
    }

    private SweepState WithEnd(SweepState next) => givenUp.Count == 0
        ? With(next, SweepNotice.Finished, string.Create(CultureInfo.InvariantCulture, $"Sweep {Name} is complete: {configurations.Count} configurations. 'smallbatch results show {Name}' has the answer."))
        : With(next, SweepNotice.Failed, string.Create(CultureInfo.InvariantCulture, $"Sweep {Name} is over, and {givenUp.Count} of {configurations.Count} configurations were given up. 'smallbatch sweep show {Name}' says why, 'smallbatch sweep retry {Name}' tries them again."));

    /// <summary>Tells of the first configuration that is given up while others go on.</summary>
    private async Task TellOfGivenUp()
    {
        if (givenUp.Count == 0)
        {
            return;
        }

        var next = With(State, SweepNotice.NeedsAttention, $"Sweep {Name} goes on without configuration {givenUp.Min(StringComparer.Ordinal)}, which was given up. 'smallbatch sweep show {Name}' says why.");
        if (next != State)
        {
            await Store(next);
            SendNotices();
        }
    }

    private void SendNotices()
    {
        foreach (var notice in State.Notices)
        {
            notices.Send(notice);
        }
    }
}
