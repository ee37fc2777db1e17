using SmallBatch.Silo.Simulation;
using SmallBatch.Tests;

namespace SmallBatch.Silo.Tests.Simulation;

/// <summary>The simulated trainer, held to what is expected of the real one.</summary>
public sealed class SimulatedConformanceTests : TrainerConformance
{
    private protected override StartedTrainer Start()
    {
        var trainer = new SimulatedTrainer(["serve"], new(DurationLaw.Parse("1s").Value!, 0, 0), TimeProvider.System);
        return new(trainer.Input, trainer.Output, () => trainer.ExitAsync(TestContext.Current.CancellationToken), trainer.Kill);
    }
}
