namespace SmallBatch.Protocol.Tests;

public sealed class SearchTests(ITestOutputHelper output)
{
    [Fact]
    public void Undisturbed()
    {
        foreach (var b in new Bounds[] {
            new("1x1x2", 1, 1, 2, 0), new("1x2x2", 1, 2, 2, 0), new("2x1x1", 2, 1, 1, 0), new("2x1x0", 2, 1, 0, 0), new("2x2x0", 2, 2, 0, 0),
            new("1x1x2 1 lost", 1, 1, 2, 1, (Fault.Lost, 1)),
            new("1x1x2 1 late", 1, 1, 2, 1, (Fault.Late, 1), (Fault.Doubled, 1)),
            new("1x1x2 1 crash", 1, 1, 2, 1, (Fault.ActivationCrash, 1), (Fault.HostCrash, 1), (Fault.TrainerCrash, 1)),
            new("1x2x1 1 any", 1, 2, 1, 1, (Fault.ActivationCrash, 1), (Fault.HostCrash, 1), (Fault.TrainerCrash, 1), (Fault.Lost, 1), (Fault.Late, 1), (Fault.Doubled, 1), (Fault.Store, 1), (Fault.TwoActivations, 1), (Fault.Cut, 1), (Fault.Silence, 1), (Fault.Drain, 1), (Fault.Cancel, 1)),
        })
        {
            var finding = new Search(b).Run(60_000);
            output.WriteLine(b.Name + finding.ToString());
        }
    }
}
