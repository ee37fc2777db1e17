namespace SmallBatch.Protocol.Tests;

/// <summary>With every guard on, no interleaving within these bounds breaks a promise, and from each state everything comes to its end.</summary>
public sealed class SearchTests(ITestOutputHelper output)
{
    private static readonly Bounds[] Whole =
    [
        new("two of each, undisturbed", Cells: 2, Hosts: 2, Steps: 0, Faults: 0),
        new("any one fault", 1, 1, 1, 1, Once(Fault.Lost, Fault.Late, Fault.Doubled, Fault.Store, Fault.ActivationCrash, Fault.TrainerCrash, Fault.HostCrash,
            Fault.Cut, Fault.Silence, Fault.Cancel, Fault.Drain, Fault.Reminder)) { Grants = 3 },
        new("two hosts, one dies or is cut off", 1, 2, 0, 1, Once(Fault.Lost, Fault.Store, Fault.ActivationCrash, Fault.TrainerCrash, Fault.HostCrash, Fault.Cut)) { Grants = 3 },
        new("two configurations want one slot", 2, 1, 0, 1, Once(Fault.Lost, Fault.Doubled, Fault.Store, Fault.ActivationCrash, Fault.HostCrash, Fault.Cancel)) { Grants = 3 },
        new("two activations", 1, 1, 0, 1, Once(Fault.TwoActivations)) { Grants = 2 },
        new("two calls go wrong", 1, 1, 0, 2, (Fault.Lost, 2), (Fault.Late, 2), (Fault.Doubled, 1), (Fault.Store, 1)) { Grants = 2 },
        new("two deaths", 1, 1, 0, 2, (Fault.ActivationCrash, 2), (Fault.HostCrash, 1), (Fault.TrainerCrash, 1), (Fault.Drain, 1)) { Grants = 2 },
        new("a cancel and one fault", 1, 1, 0, 2, Once(Fault.Cancel, Fault.Lost, Fault.ActivationCrash, Fault.Cut)) { Grants = 2 },
        new("a cut and one fault", 1, 1, 0, 2, Once(Fault.Cut, Fault.Lost, Fault.ActivationCrash, Fault.HostCrash)) { Grants = 2 },
        new("a store that rolls back, with checkpoints", 1, 1, 2, 2, Once(Fault.Rollback, Fault.Minute)) { Grants = 3 },
        new("a store that rolls back, and a crash", 1, 1, 0, 2, Once(Fault.Rollback, Fault.ActivationCrash)) { Grants = 3 },
    ];

    private static readonly Bounds[] Deep =
    [
        new("two of each, any one fault", 2, 2, 0, 1, Once([.. Enum.GetValues<Fault>().Where(f => f is > Fault.None and < Fault.Any and not Fault.Minute)])) { Grants = 3 },
        new("two hosts, checkpoints, any two faults", 1, 2, 1, 2, Once([.. Enum.GetValues<Fault>().Where(f => f is > Fault.None and < Fault.Any and not Fault.Minute)])) { Grants = 3 },
        new("two configurations, any two faults", 2, 1, 0, 2, Once([.. Enum.GetValues<Fault>().Where(f => f is > Fault.None and < Fault.Any and not Fault.Minute)])) { Grants = 3 },
    ];

    public static TheoryData<string> WholeSearches => [.. Whole.Select(b => b.Name)];

    public static TheoryData<string> DeepSearches => [.. Deep.Select(b => b.Name)];

    [Theory]
    [MemberData(nameof(WholeSearches))]
    public void Every_promise_holds_in_every_state(string name)
    {
        var finding = Find(Whole, name, 200_000);
        Assert.True(finding.Exhausted, "the bounds are too wide for a test: narrow them, or raise the limit of states");
    }

    /// <summary>By hand, with <c>--explicit only</c>: breadth first into wider bounds, as far as memory goes.</summary>
    [Theory(Explicit = true)]
    [MemberData(nameof(DeepSearches))]
    public void Every_promise_holds_in_the_first_million_states_of_wider_bounds(string name) => Find(Deep, name, 1_000_000);

    private static (Fault Fault, int Most)[] Once(params Fault[] faults) => [.. faults.Select(f => (f, 1))];

    private Finding Find(Bounds[] among, string name, int mostStates)
    {
        var finding = new Search(among.Single(b => b.Name == name)).Run(mostStates);
        output.WriteLine($"{name}: {finding.States} states, {finding.Depth} steps deep, {finding.Seconds:F1} s, {(finding.Exhausted ? "all within the bounds" : "not all")}");
        Assert.True(finding.Broken is null, finding.Broken);
        return finding;
    }
}
