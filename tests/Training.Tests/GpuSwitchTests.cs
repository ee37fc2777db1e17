using SmallBatch.Specs.Settings;
using SmallBatch.Training.Natives;
using SmallBatch.Training.Verification;

namespace SmallBatch.Training.Tests;

/// <summary>The switches are the process's: while they are set no other test may run.</summary>
[CollectionDefinition(nameof(GpuSwitchTests), DisableParallelization = true)]
[Collection(nameof(GpuSwitchTests))]
public sealed class GpuSwitchTests
{
    [Fact]
    public void What_makes_a_gpu_deterministic_can_be_set_for_every_precision_and_is_read_back_and_steps_train_under_it()
    {
        foreach (var precision in new[] { Precision.Tf32, Precision.Bfloat16, Precision.Full })
        {
            TorchSwitches.MakeGpuDeterministic(TorchLibrary.Handle, precision);
            Assert.Empty(new ByteTest(new("cpu"), new Trainings(TimeProvider.System).Run).Differences());
        }
    }
}
