using Microsoft.Extensions.Logging.Abstractions;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Silo.Devices;

namespace SmallBatch.Silo.Tests.Devices;

[Collection(nameof(ScriptedTrainer))]
public sealed class ByteTestsTests : IDisposable
{
    private static readonly Device One = new("cuda:0", "NVIDIA H200", ["cuda:0"], $"h200-{Guid.NewGuid():N}", null, "uuid-0");
    private readonly ScriptedTrainer trainer = new();
    private readonly List<string> waits = [];

    public void Dispose() => trainer.Dispose();

    [Fact]
    public async Task Devices_of_a_class_that_passes_are_offered_and_it_is_not_asked_again()
    {
        trainer.Write([], ScriptedTrainer.Verified());
        Device[] devices = [Class("passes"), Class("passes") with { Id = "cuda:1" }];
        Assert.Equal(devices, await JudgeAsync(devices));
        Assert.Equal(devices, await JudgeAsync(devices));
        Assert.StartsWith("verify --device cuda:0 --nice 10", Assert.Single(trainer.Asked), StringComparison.Ordinal);
        Assert.Equal(2, waits.Count);
        Assert.Equal($"the byte test of numerics class {devices[0].NumericsClass} runs on cuda:0", waits[0]);
    }

    [Fact]
    public async Task Another_class_another_trainer_and_another_libtorch_are_asked_anew()
    {
        trainer.Write([], ScriptedTrainer.Verified());
        await JudgeAsync([Class("a"), Class("b") with { Id = "cuda:1" }]);
        Assert.Equal(2, trainer.Asked.Length);
        trainer.Write([], $"{ScriptedTrainer.Verified()}# another build");
        await JudgeAsync([Class("a")]);
        Assert.Equal(3, trainer.Asked.Length);
        trainer.Settings.LibTorch = "/opt/libtorch/lib";
        await JudgeAsync([Class("a")]);
        Assert.Equal(4, trainer.Asked.Length);
    }

    [Fact]
    public async Task Devices_of_a_class_that_ends_with_other_bytes_take_no_work_and_it_is_asked_at_every_start()
    {
        trainer.Write([], ScriptedTrainer.Verified("m = 4, Full: groups of 2 and 3 gave other bytes"));
        for (var start = 1; start <= 2; start++)
        {
            var judged = await JudgeAsync([Class("differs"), Class("differs") with { Id = "cuda:1" }]);
            Assert.All(judged, d => Assert.Equal("its byte test failed: m = 4, Full: groups of 2 and 3 gave other bytes", d.OutOfService));
            Assert.Equal(start, trainer.Asked.Length);
        }
    }

    [Fact]
    public async Task One_class_that_fails_leaves_the_others_alone()
    {
        trainer.Write([], $"[ $3 = cpu ] && {ScriptedTrainer.Verified()}");
        var judged = await JudgeAsync([Class("bad"), Class("good") with { Id = "cpu" }]);
        Assert.Equal("its byte test ended with exit code 1 and no answer; its log ends: ", judged[0].OutOfService);
        Assert.Null(judged[1].OutOfService);
    }

    [Fact]
    public async Task A_trainer_that_dies_in_it_is_told_with_the_log_s_last_line()
    {
        trainer.Write([], "echo first >&2; echo 'out of memory on the device: no room' >&2; exit 71");
        Assert.Equal(
            "its byte test ended with exit code 71 and no answer; its log ends: out of memory on the device: no room",
            Assert.Single(await JudgeAsync([Class("dies")])).OutOfService);
    }

    [Fact]
    public async Task One_that_does_not_end_is_killed_and_told()
    {
        trainer.Settings.SilenceLimit = TimeSpan.FromSeconds(0.3);
        trainer.Write([], "exec sleep 600");
        Assert.Equal("its byte test had no answer within 0 s", Assert.Single(await JudgeAsync([Class("hangs")])).OutOfService);
    }

    [Fact]
    public async Task A_device_that_is_out_of_service_anyway_is_not_tried()
    {
        var device = Class("lost") with { OutOfService = "it is lost" };
        Assert.Equal([device], await JudgeAsync([device]));
        Assert.Empty(trainer.Asked);
    }

    private static Device Class(string name) => One with { NumericsClass = $"{One.NumericsClass}-{name}" };

    private Task<Device[]> JudgeAsync(Device[] devices) =>
        new ByteTests(trainer.Program, trainer.Options, NullLogger<ByteTests>.Instance).JudgeAsync(devices, waits.Add, TestContext.Current.CancellationToken);
}
