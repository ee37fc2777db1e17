namespace SmallBatch.Protocol.Tests;

/// <summary>With every guard on, no interleaving within these bounds breaks a promise, and from each state everything comes to its end.</summary>
public sealed class SearchTests(ITestOutputHelper output)
{
    private static readonly Bounds[] Searches =
    [
        new("two of each, undisturbed", Cells: 2, Hosts: 2, Steps: 0, Faults: 0),
        new("any one fault", 1, 1, 1, 1, Once(Fault.Lost, Fault.Late, Fault.Doubled, Fault.Store, Fault.ActivationCrash, Fault.TrainerCrash, Fault.HostCrash,
            Fault.Cut, Fault.Silence, Fault.Cancel, Fault.Drain, Fault.Reminder)) { Grants = 3 },
        new("two hosts, one dies or is cut off", 1, 2, 0, 1, Once(Fault.Lost, Fault.Store, Fault.ActivationCrash, Fault.TrainerCrash, Fault.HostCrash, Fault.Cut)) { Grants = 3 },
        new("two configurations want one slot", 2, 1, 0, 1, Once(Fault.Lost, Fault.Doubled, Fault.Store, Fault.ActivationCrash, Fault.HostCrash, Fault.Cancel)) { Grants = 3 },
        new("two activations", 1, 1, 0, 1, Once(Fault.TwoActivations)) { Grants = 2 },
        new("two activations of the pool, and a host's death", 1, 1, 0, 2, Once(Fault.TwoActivations, Fault.HostCrash)) { Grants = 1 },
        new("two calls go wrong", 1, 1, 0, 2, (Fault.Lost, 2), (Fault.Late, 2), (Fault.Doubled, 1), (Fault.Store, 1)) { Grants = 2 },
        new("two deaths", 1, 1, 0, 2, (Fault.ActivationCrash, 2), (Fault.HostCrash, 1), (Fault.TrainerCrash, 1), (Fault.Drain, 1)) { Grants = 2 },
        new("a cancel and one fault", 1, 1, 0, 2, Once(Fault.Cancel, Fault.Lost, Fault.ActivationCrash, Fault.Cut)) { Grants = 2 },
        new("a pause and one fault", 1, 1, 1, 2, Once(Fault.Pause, Fault.Lost, Fault.ActivationCrash, Fault.Cut)) { Grants = 2 },
        new("a pause, and a cancel", 1, 1, 0, 3, Once(Fault.Pause, Fault.Cancel, Fault.ActivationCrash)) { Grants = 2 },
        new("given up, and tried again", 1, 1, 0, 4, (Fault.TrainerCrash, 3), (Fault.Retry, 1)) { Grants = 4 },
        new("a cut and one fault", 1, 1, 0, 2, Once(Fault.Cut, Fault.Lost, Fault.ActivationCrash, Fault.HostCrash)) { Grants = 2 },
        new("a drain by an operator and one fault", 1, 1, 1, 2, Once(Fault.OperatorDrain, Fault.Lost, Fault.Store, Fault.ActivationCrash, Fault.HostCrash)) { Grants = 2 },
        new("a drain by an operator while another host takes work", 1, 2, 1, 1, Once(Fault.OperatorDrain)) { Grants = 3 },
        new("a team below its quota, with checkpoints", 2, 1, 1, 0) { Grants = 3, Quotas = true },
        new("a team below its quota and one fault", 2, 1, 0, 1, Once(Fault.Lost, Fault.ActivationCrash, Fault.HostCrash)) { Grants = 3, Quotas = true },
        new("a team below its quota, and a pause or cancel", 2, 1, 0, 1, Once(Fault.Pause, Fault.Cancel)) { Grants = 3, Quotas = true },
        new("a trainer that dies until its configuration is given up", 1, 2, 0, 3, (Fault.TrainerCrash, 3)) { Grants = 4 },
        new("a store that rolls back, with checkpoints", 1, 1, 2, 2, Once(Fault.Rollback, Fault.Minute)) { Grants = 3 },
        new("a collector, and a store that rolls back", 1, 1, 1, 2, Once(Fault.Rollback, Fault.Minute)) { Grants = 1, Collects = true },
        new("a collector, and one fault", 1, 1, 1, 1, Once(Fault.HostCrash, Fault.Cut, Fault.ActivationCrash, Fault.Minute)) { Grants = 2, Collects = true },
        new("a store that rolls back, and a crash", 1, 1, 0, 2, Once(Fault.Rollback, Fault.ActivationCrash)) { Grants = 3 },
    ];

    public static TheoryData<string> Names => [.. Searches.Select(b => b.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_promise_holds_in_every_state(string name)
    {
        var finding = new Search(Searches.Single(b => b.Name == name)).Run(mostStates: 200_000);
        output.WriteLine($"{name}: {finding.States} states, {finding.Depth} steps deep, {finding.Seconds:F1} s");
        Assert.True(finding.Broken is null, finding.Broken);
        Assert.True(finding.Exhausted, "the bounds are too wide for a test: narrow them, or raise the limit of states");
    }

    private static (Fault Fault, int Most)[] Once(params Fault[] faults) => [.. faults.Select(f => (f, 1))];
}
