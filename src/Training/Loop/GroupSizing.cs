using System.Collections.Concurrent;

namespace SmallBatch.Training.Loop;

/// <summary>
/// Into how many groups replicas are cut, chosen by measuring while they train: bits do not depend on it, so every measured
/// step counts. Each candidate has its turn twice, a first step that warms up left out; the fastest step of each decides, and
/// is remembered for runs of equal program, replicas and batch.
/// </summary>
internal sealed class GroupSizing
{
    private const int Rounds = 2;
    private const int StepsOfTurn = 3;
    private static readonly ConcurrentDictionary<(object Program, int Replicas, int Images), IReadOnlyList<int>> Remembered = new();
    private readonly object program;
    private readonly int images;
    private readonly int largest;
    private readonly IReadOnlyList<int>? set;
    private IReadOnlyList<IReadOnlyList<int>> candidates = [];
    private TimeSpan[] fastest = [];
    private int replicas;
    private int turn;
    private int stepOfTurn;

    /// <summary>For runs of one program.</summary>
    /// <param name="program">What runs: equal ones share what was measured.</param>
    /// <param name="images">Images of one forward and backward pass.</param>
    /// <param name="largest">The largest group tried; with 1 every replica is a group.</param>
    /// <param name="set">Sizes to take without measuring, or null.</param>
    public GroupSizing(object program, int images, int largest, IReadOnlyList<int>? set = null) =>
        (this.program, this.images, this.largest, this.set) = (program, images, largest, set);

    /// <summary>
    /// For a task: on a CPU groups up to 16 are tried, a GPU is better off the more a step does. Where replicas train alone, no
    /// <paramref name="set"/> brings them together.
    /// </summary>
    public static GroupSizing Of(TrainingTask task, IReadOnlyList<int>? set = null) =>
        task.TrainsAlone ? new(task.Program, task.ImagesOfPass, 1) : new(task.Program, task.ImagesOfPass, task.Device.type == TorchSharp.DeviceType.CPU ? 16 : 1024, set);

    /// <summary>Whether steps are to be told to <see cref="Took"/>.</summary>
    public bool Measures => turn < candidates.Count * Rounds && candidates.Count > 1;

    /// <summary>Whether the sizes have changed since they were last asked for.</summary>
    public bool Changes { get; private set; }

    /// <summary>Sizes of the groups for so many replicas, each at least 2 except for a lone replica and where each is alone.</summary>
    public IReadOnlyList<int> Sizes(int count)
    {
        Changes = false;
        if (set is not null && set.Sum() == count)
        {
            return set;
        }

        if (count != replicas)
        {
            replicas = count;
            candidates = Remembered.TryGetValue((program, count, images), out var known) ? [known] : Candidates(count, largest);
            fastest = [.. candidates.Select(_ => TimeSpan.MaxValue)];
            turn = stepOfTurn = 0;
        }

        return Measures ? candidates[turn % candidates.Count] : candidates[Array.IndexOf(fastest, fastest.Min())];
    }

    /// <summary>A step of whole or partial batch took so long; partial ones say nothing.</summary>
    public void Took(bool whole, TimeSpan elapsed)
    {
        if (!whole)
        {
            return;
        }

        var candidate = turn % candidates.Count;
        if (stepOfTurn++ > 0 && elapsed < fastest[candidate])
        {
            fastest[candidate] = elapsed;
        }

        if (stepOfTurn <= StepsOfTurn)
        {
            return;
        }

        stepOfTurn = 0;
        turn++;
        Changes = true;
        if (!Measures)
        {
            Remembered[(program, replicas, images)] = candidates[Array.IndexOf(fastest, fastest.Min())];
        }
    }

    /// <summary>
    /// Near-equal cuts of at least 2 each, from one group (where it is not above <paramref name="largest"/>) to pairs, a doubling apart;
    /// or single replicas.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<int>> Candidates(int count, int largest)
    {
        var cuts = new List<IReadOnlyList<int>>();
        var most = largest == 1 ? count : Math.Max(1, count / 2);
        for (var groups = Math.Clamp((count + largest - 1) / largest, 1, most); ; groups = Math.Min(most, groups * 2))
        {
            cuts.Add([.. Enumerable.Range(0, groups).Select(g => (count / groups) + (g < count % groups ? 1 : 0))]);
            if (groups == most)
            {
                return cuts;
            }
        }
    }
}
