using System.Diagnostics;
using System.Text;

namespace SmallBatch.Protocol.Tests;

/// <summary>
/// Breadth first from the empty cluster through every step that can happen; of each state it is also asked whether a
/// continuation without faults comes to the end.
/// </summary>
internal sealed class Search(Bounds bounds)
{
    private const int MostRounds = 80;
    private static readonly Fault[] CallFaults = [Fault.Lost, Fault.AnswerLost, Fault.Late, Fault.Doubled, Fault.Store];
    private readonly Dictionary<UInt128, int> seen = [];
    private readonly List<(int Parent, Step Step)> ways = [];
    private readonly HashSet<UInt128> good = [];

    /// <summary>Searches until a promise is broken, nothing is left, or the limit of states is reached.</summary>
    public Finding Run(int mostStates, int mostDepth = int.MaxValue)
    {
        var watch = Stopwatch.StartNew();
        var first = new World(bounds);
        var level = new List<(World World, int Index)> { (first, 0) };
        seen[first.Fingerprint(withBudget: true)] = 0;
        ways.Add((-1, default));
        var depth = 0;
        string? broken = null;
        var at = 0;
        while (level.Count > 0 && broken is null && ways.Count < mostStates && depth < mostDepth)
        {
            depth++;
            var next = new List<(World, int)>();
            foreach (var (world, index) in level)
            {
                foreach (var (step, after) in Successors(world))
                {
                    after.CheckPromises();
                    // A promise may be broken on the way to a state that others reach in order.
                    if (after.Broken is null && (after.Grants > bounds.Grants || !seen.TryAdd(after.Fingerprint(withBudget: true), ways.Count)))
                    {
                        continue;
                    }

                    ways.Add((index, step));
                    broken = after.Broken ?? (Ends(after) ? null : "it never comes to its end, though nothing goes wrong any more");
                    if (broken is not null)
                    {
                        at = ways.Count - 1;
                        break;
                    }

                    next.Add((after, ways.Count - 1));
                }

                if (broken is not null || ways.Count >= mostStates)
                {
                    break;
                }
            }

            level = next;
        }

        var way = Way(at);
        return new(ways.Count, depth, broken is null && level.Count == 0, broken is null ? null : Tell(broken, way), way.Count, watch.Elapsed.TotalSeconds);
    }

    private static IEnumerable<(Step, World)> Successors(World world)
    {
        World? spare = null;
        foreach (var step in world.Steps())
        {
            // A step that cannot be done has changed nothing.
            var after = spare ?? world.Copy();
            spare = after.Do(step) ? null : after;
            if (spare is not null)
            {
                continue;
            }

            yield return (step, after);
            for (byte call = 0; call < after.Calls; call++)
            {
                foreach (var fault in CallFaults)
                {
                    var faulty = step with { Fault = fault, At = call };
                    if (world.MayFail(fault) && world.Copy() is var other && other.Do(faulty))
                    {
                        yield return (faulty, other);
                    }
                }
            }
        }
    }

    /// <summary>Whether a continuation without faults reaches the end.</summary>
    private bool Ends(World world)
    {
        var on = world.Copy();
        var path = new List<UInt128>();
        var last = on.Fingerprint(withBudget: false);
        for (var round = 0; round < MostRounds; round++)
        {
            if (good.Contains(last) || on.IsOver())
            {
                path.Add(last);
                good.UnionWith(path);
                return true;
            }

            path.Add(last);
            on.Round(late: false);
            var now = on.Fingerprint(withBudget: false);
            if (now == last)
            {
                on.Round(late: true);
                now = on.Fingerprint(withBudget: false);
            }

            last = now;
        }

        return false;
    }

    private List<Step> Way(int index)
    {
        var way = new List<Step>();
        for (; index > 0; index = ways[index].Parent)
        {
            way.Add(ways[index].Step);
        }

        way.Reverse();
        return way;
    }

    private static string Tell(string broken, List<Step> way)
    {
        var text = new StringBuilder($"{broken}, after {way.Count} steps:");
        foreach (var step in way)
        {
            text.Append($"\n  {step}");
        }

        return text.ToString();
    }
}
