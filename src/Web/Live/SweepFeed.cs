using System.Globalization;
using SmallBatch.Contracts.Results;

namespace SmallBatch.Web.Live;

/// <summary>
/// What happens to one sweep, numbered, for all who follow it on this silo: one question to the aggregator a second, however many they
/// are. Who was away for a while is told what he missed; who was away for longer, or follows slowly, is told how everything stands.
/// </summary>
internal sealed class SweepFeed(string id)
{
    private const int Remembered = 256;
    private readonly Lock gate = new();
    private readonly Queue<SweepEvent> recent = new();
    private readonly Dictionary<string, CellStatus> told = new(StringComparer.Ordinal);
    private SweepStatus? status;
    private SweepEvent? snapshot;
    private long number;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Takes in how the sweep stands now.</summary>
    public void Stands(SweepStatus now)
    {
        lock (gate)
        {
            if (status is { } before && before.Cells.Length == now.Cells.Length && now.Cells.All(c => told.ContainsKey(c.Key)))
            {
                if (SweepChange.Between(told, before, now) is not { } change)
                {
                    return;
                }

                // What was no news is compared with what was told, not with the last look, so that it becomes news in the end.
                foreach (var cell in change.Cells)
                {
                    told[cell.Key] = cell;
                }

                status = now;
                Add(new("change", Name(number + 1), change));
                return;
            }

            // The first look, or a plan of other cells.
            told.Clear();
            foreach (var cell in now.Cells)
            {
                told[cell.Key] = cell;
            }

            status = now;
            recent.Clear();
            number++;
            Say();
        }
    }

    /// <summary>Says something that has no place in how the sweep stands.</summary>
    public void Note(string name, object data)
    {
        lock (gate)
        {
            Add(new(name, Name(number + 1), data));
        }
    }

    /// <summary>The number that an event's id stands for; −1 where it is none of this feed's.</summary>
    public long NumberOf(string? eventId) =>
        eventId?.Split('.') is [var feed, var text] && feed == id && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? at : -1;

    /// <summary>What came after event <paramref name="at"/>, and what to ask for next; nothing before the first look.</summary>
    public (IReadOnlyList<SweepEvent> Events, long Next, Task News) After(long at)
    {
        lock (gate)
        {
            if (status is null)
            {
                return ([], at, changed.Task);
            }

            var missed = number - at;
            return at < 0 || missed < 0 || missed > recent.Count
                ? ([snapshot ??= new("snapshot", Name(number), status with { Cells = [.. status.Cells.Select(c => told[c.Key])] })], number, changed.Task)
                : ([.. recent.Skip(recent.Count - (int)missed)], number, changed.Task);
        }
    }

    private void Add(SweepEvent added)
    {
        number++;
        recent.Enqueue(added);
        if (recent.Count > Remembered)
        {
            recent.Dequeue();
        }

        Say();
    }

    private void Say()
    {
        snapshot = null;
        var news = changed;
        changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        news.SetResult();
    }

    private string Name(long of) => string.Create(CultureInfo.InvariantCulture, $"{id}.{of}");
}
