using System.Globalization;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SmallBatch.Client.Views;

/// <summary>A sweep and the pool as they stand, for a terminal of a certain size: what matters most on top, since a low one has no room for the rest.</summary>
/// <param name="status">The sweep.</param>
/// <param name="pool">The pool that its configurations train on.</param>
/// <param name="width">Columns.</param>
/// <param name="height">Rows.</param>
/// <param name="remark">What the watcher should know besides: what Ctrl-C ends, where the page is.</param>
internal sealed class LiveView(SweepStatus status, PoolSnapshot pool, int width, int height, string remark)
{
    /// <summary>Rows of a list that are shown however little room there is, and at most.</summary>
    private const int LeastRows = 2, MostWaiting = 10, MostReasons = 4;

    /// <summary>Rows that are taken by what is neither grid nor list: title, progress, best, headings, headers, what says how many more there are, and the remark.</summary>
    private const int OtherRows = 12;

    /// <summary>From so many columns on a slot's list has all that is known of it.</summary>
    private const int Wide = 120;

    private static readonly Style Heading = new(decoration: Decoration.Bold), Remark = new(Color.Grey);
    private readonly Dictionary<string, CellStatus> cells = status.Cells.ToDictionary(c => c.Key, StringComparer.Ordinal);

    /// <summary>All of it; <paramref name="silence"/>, where it is not null, says for how long nobody has answered.</summary>
    public IRenderable Render(TimeSpan? silence)
    {
        var sweep = status.Sweep;
        var grid = ProgressView.Grid(status, width);
        var room = height - OtherRows - grid.Sum(t => t.Rows.Count + 4);
        var waiting = Waiting();
        var slots = PoolSlot.Of(pool).OrderByDescending(s => s.Lease is { } l && cells.ContainsKey(l.Lease.ConfigurationKey)).ThenByDescending(s => s.Lease is not null).ToList();
        var first = Math.Clamp(room - Math.Min(waiting.Count, MostWaiting), LeastRows, Math.Max(LeastRows, slots.Count));
        var behind = Math.Clamp(room - first, LeastRows, MostWaiting);
        return new Rows(
        [
            new Text($"{sweep.Name}: {sweep.Phase.ToString().ToLowerInvariant()}, {sweep.Network} on {sweep.Dataset}, {sweep.Budget}", Heading),
            new Text(ProgressView.Line(status)),
            .. BestCell.Of(status.Cells) is { } best ? [new Text($"Best so far: {best}")] : Array.Empty<IRenderable>(),
            .. silence is { } since ? [new Text(SweepWatch.Silent(since), new Style(Color.Yellow))] : Array.Empty<IRenderable>(),
            .. grid,
            .. Devices(slots, first),
            .. Queue(waiting, behind),
            new Text(remark, Remark),
        ]);
    }

    private IEnumerable<IRenderable> Devices(List<PoolSlot> slots, int most)
    {
        var states = slots.GroupBy(s => s.State).OrderByDescending(g => g.Count()).Select(g => $"{g.Count()} {g.Key}");
        var all = Columns();
        yield return new Text($"Devices: {Counted(slots.Count, "slot")}{string.Concat(states.Select(s => $", {s}"))}", Heading);
        if (slots.Count > 0)
        {
            var table = Listed([.. all.Select(c => c.Name)]);
            foreach (var slot in slots.Take(most))
            {
                table.AddRow([.. all.Select(c => new Text(c.Value(slot)))]);
            }

            yield return table;
        }

        foreach (var line in More(slots.Count - most, "slot", "smallbatch pool show").Concat(Few([.. PoolStates.Reasons(pool)])))
        {
            yield return line;
        }
    }

    private List<(string Name, Func<PoolSlot, string> Value)> Columns()
    {
        CellStatus? Cell(PoolSlot slot) => slot.Lease is { } lease ? cells.GetValueOrDefault(lease.Lease.ConfigurationKey) : null;
        List<(string Name, Func<PoolSlot, string> Value)> columns =
        [
            ("host", s => s.Host.HostName),
            ("slot", s => s.Name),
            ("device", s => s.Device.Name),
            ("state", s => s.State),
            ("trains", s => Cell(s) is { } cell ? Named(cell) : s.Lease is { } other ? $"of {SweepIds.NameOf(other.SweepId)}" : ""),
            ("epoch", s => Cell(s) is { } cell ? $"{cell.Epoch}/{cell.Epochs}" : ""),
            ("images/s", s => Cell(s) is { ImagesPerSecond: > 0 } cell ? cell.ImagesPerSecond.ToString("F0", CultureInfo.InvariantCulture) : ""),
            ("left", s => Cell(s)?.EtaSeconds is { } left ? Format.Time(left) : ""),
            ("held", s => s.Lease is { } lease ? Format.Time(lease.HeldSeconds) : ""),
        ];
        return width < Wide ? [.. columns.Where(c => c.Name is not ("device" or "held"))] : columns;
    }

    /// <summary>Those in the queue by their place, then those that are not in it yet.</summary>
    private List<(int Place, CellStatus Cell, string Reason)> Waiting()
    {
        var known = pool.Queue.Select(q => q.ConfigurationKey).Concat(pool.Leases.Select(l => l.Lease.ConfigurationKey)).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. pool.Queue.Where(q => cells.ContainsKey(q.ConfigurationKey)).OrderBy(q => q.Position).Select(q => (q.Position, cells[q.ConfigurationKey], q.Reason)),
            .. status.Cells.Where(c => c.Status is ConfigurationStatus.Pending or ConfigurationStatus.Queued && !known.Contains(c.Key)).Select(c => (0, c, c.Reason ?? "")),
        ];
    }

    private IEnumerable<IRenderable> Queue(List<(int Place, CellStatus Cell, string Reason)> waiting, int most)
    {
        if (waiting.Count == 0)
        {
            yield break;
        }

        var others = pool.Queue.Count(q => !cells.ContainsKey(q.ConfigurationKey));
        yield return new Text($"Queue: {Counted(waiting.Count, "configuration")} of this sweep{(others > 0 ? $", {others} of others" : "")}", Heading);
        var table = Listed("place", "waits").AddColumn(new TableColumn(new Text("why", Remark)));
        foreach (var (place, cell, reason) in waiting.Take(most))
        {
            table.AddRow(new Text(place > 0 ? $"{place}" : "–"), new Text(Named(cell)), new Text(Why(place, reason)));
        }

        yield return table;
        foreach (var line in More(waiting.Count - most, "configuration", $"smallbatch config list {status.Sweep.Name}"))
        {
            yield return line;
        }
    }

    /// <summary>The reason without the place, which stands beside it.</summary>
    private static string Why(int place, string reason)
    {
        var known = string.Create(CultureInfo.InvariantCulture, $"place {place} in the queue");
        return reason.StartsWith(known, StringComparison.Ordinal) ? reason[known.Length..].TrimStart(':', ' ') : reason;
    }

    private static Table Listed(params string[] columns)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column, Remark)).NoWrap());
        }

        return table;
    }

    private static IEnumerable<IRenderable> Few(IReadOnlyList<string> reasons) =>
        reasons.Take(MostReasons).Select(r => new Text(r)).Concat(More(reasons.Count - MostReasons, "line", "smallbatch pool show"));

    private static IEnumerable<IRenderable> More(int hidden, string what, string command) =>
        hidden > 0 ? [new Text($"… {hidden} more {what}{(hidden == 1 ? "" : "s")}: '{command}' has all", Remark)] : [];

    private static string Counted(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    private static string Named(CellStatus cell) =>
        $"m = {cell.BatchSize}, η̃ = {cell.BaseLearningRate}{cell.Stage switch { Stage.Confirm => ", fresh seeds", Stage.Rung => $", {cell.Epochs} epochs", _ => "" }}";
}
