using SmallBatch.Training.Natives;
using SmallBatch.Training.Serving;

namespace SmallBatch.Training.Tests;

public sealed class ProcessorTests
{
    [Fact]
    public void A_cpu_s_numerics_class_names_the_model_that_the_kernel_names_too()
    {
        const string Information = "/proc/cpuinfo";
        var said = File.Exists(Information) ? File.ReadLines(Information).TakeWhile(l => l.Length > 0).Select(l => l.Split(':')).ToDictionary(l => l[0].Trim(), l => l[^1].Trim()) : [];
        Assert.SkipUnless(said.ContainsKey("vendor_id"), $"found no vendor_id in {Information}, wanted Linux on x86-64");
        var maker = said["vendor_id"] switch { "GenuineIntel" => "intel", "AuthenticAMD" => "amd", var other => other.ToLowerInvariant() };
        Assert.Equal($"{maker}{said["cpu family"]}.{said["model"]}", Processor.Model);
        Assert.StartsWith($"cpu-{Processor.Model}-{InstructionSet.Pinned.Name}-t1-torch", TrainerDevices.List().Single(d => d.Id == "cpu").NumericsClass, StringComparison.Ordinal);
    }
}
