using SmallBatch.Specs;
using SmallBatch.Training.Protocol;
using SmallBatch.Training.Verification;

namespace SmallBatch.Training.Serving;

/// <summary>Runs the byte test on one device and prints its answer, one JSON line.</summary>
internal static class VerifyRun
{
    private static readonly string[] Known = ["--device", "--nice", "--instruction-set", "--parent", "--libtorch"];

    /// <summary>Answers the exit code: 0 where every training ended with the same bytes, 1 where one did not, 2 for bad input.</summary>
    public static int Run(IReadOnlyDictionary<string, string> options, TimeProvider time)
    {
        var device = TrainerDevices.Find(options.GetValueOrDefault("--device", "cpu"), "--device");
        var errors = options.Keys.Except(Known).Select(o => new SpecError(o, "an unknown option", $"one of {string.Join(", ", Known)}")).Concat(device.Errors).ToList();
        if (errors.Count > 0)
        {
            errors.ForEach(e => Console.Error.WriteLine(e));
            return 2;
        }

        var startedAt = time.GetTimestamp();
        var differences = new ByteTest(device.Value!, new Trainings(time).Run).Differences();
        Console.WriteLine(TrainerProtocol.Write(new DeviceVerified(device.Value!.ToString(), differences, time.GetElapsedTime(startedAt).TotalSeconds)));
        return differences.Count == 0 ? 0 : 1;
    }
}
