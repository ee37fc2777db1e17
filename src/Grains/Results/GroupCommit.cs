namespace SmallBatch.Grains.Results;

/// <summary>
/// Stores many things with few transactions: what comes while one is on its way goes together in the next. Each is told of its own end. For the
/// turns of one grain: no two threads at once.
/// </summary>
/// <param name="fits">Whether another may join these: a transaction has its limits.</param>
/// <param name="together">Stores several; false where one of them is there already, so that each is to be stored alone.</param>
/// <param name="alone">Stores one.</param>
internal sealed class GroupCommit<T>(Func<IReadOnlyList<T>, T, bool> fits, Func<IReadOnlyList<T>, Task<bool>> together, Func<T, Task> alone)
{
    private readonly Queue<(T Item, TaskCompletionSource Stored)> waiting = new();
    private bool storing;

    /// <summary>Completes once it is stored. Throws what the store threw, and then it is unknown whether it is.</summary>
    public Task StoreAsync(T item)
    {
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.Enqueue((item, stored));
        if (!storing)
        {
            // Nobody's call: whoever came first would wait for all who come after.
            storing = true;
            _ = StoreWaitingAsync();
        }

        return stored.Task;
    }

    private async Task StoreWaitingAsync()
    {
        while (waiting.Count > 0)
        {
            var group = new List<(T Item, TaskCompletionSource Stored)> { waiting.Dequeue() };
            while (waiting.TryPeek(out var next) && fits([.. group.Select(g => g.Item)], next.Item))
            {
                group.Add(waiting.Dequeue());
            }

            await StoreGroupAsync(group);
        }

        storing = false;
    }

    private async Task StoreGroupAsync(List<(T Item, TaskCompletionSource Stored)> group)
    {
        try
        {
            if (group.Count > 1 && await together([.. group.Select(g => g.Item)]))
            {
                group.ForEach(g => g.Stored.SetResult());
                return;
            }
        }
        catch (Exception failure)
        {
            group.ForEach(g => g.Stored.SetException(failure));
            return;
        }

        foreach (var (item, stored) in group)
        {
            try
            {
                await alone(item);
                stored.SetResult();
            }
            catch (Exception failure)
            {
                stored.SetException(failure);
            }
        }
    }
}
