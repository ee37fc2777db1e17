using System.Globalization;
using SmallBatch.Training.Natives;
using SmallBatch.Training.Processes;
using SmallBatch.Training.Protocol;
using SmallBatch.Training.Serving;

const string help = """
    The SmallBatch trainer: trains configurations, those that share their steps together, all their replicas fused.

      SmallBatch.Training serve                speaks the silo's protocol on standard input and output
      SmallBatch.Training devices              prints the devices that libtorch sees, one JSON object
      SmallBatch.Training train --spec FILE --m M --lr RATE [options]
                                               trains one cell of a specification by hand and prints each
                                               replica's outcome, one JSON object a line
        --replicas R      replicas, default 1          --stage grid|confirm      default grid
        --data DIR        folder of the datasets       --out DIR                 for checkpoints, default .
        --checkpoint-every SECONDS   default 60        --resume FILE             go on from a checkpoint
        --device cpu|cuda:N          default cpu
      SmallBatch.Training verify [--device cpu|cuda:N]
                                               trains a small network grouped in several ways, stopped and resumed, and
                                               prints whether all ended with the same bytes, one JSON object

      All take
        --libtorch DIR    the folder of another libtorch 2.10 than the one built with, one for CUDA say; also
                          SMALLBATCH_LIBTORCH
        --instruction-set best|avx2|avx512   what the bits of a CPU depend on, default best
        --nice N          lowers the priority, 0 to 19, default 0
        --parent PID      ends with that process, which started it, however either of them dies or hangs

    Exit codes: 0 done, 1 failed, 2 bad input; 70 an unexpected failure, 71 out of memory on the device, 72 on the host,
    73 no room on a disk: the log's last line says more.

    Example:
      SmallBatch.Training train --spec sweeps/quickstart.yaml --m 8 --lr 2^-7 --replicas 3
    """;
var verb = args.FirstOrDefault();
var options = args.Skip(1).Chunk(2).Where(p => p.Length == 2).GroupBy(p => p[0]).ToDictionary(g => g.Key, g => g.Last()[1]);
if (verb is not ("serve" or "devices" or "train" or "verify") || (args.Length - 1) % 2 != 0)
{
    var asked = verb is "--help" or "-h";
    (asked ? Console.Out : Console.Error).WriteLine(help);
    return asked ? 0 : 2;
}

if (!int.TryParse(options.GetValueOrDefault("--nice", "0"), NumberStyles.None, CultureInfo.InvariantCulture, out var nice))
{
    Console.Error.WriteLine($"--nice: found {options["--nice"]}, wanted a whole number from 0 to 19");
    return 2;
}

if (options.GetValueOrDefault("--parent") is { } parent)
{
    if (!int.TryParse(parent, NumberStyles.None, CultureInfo.InvariantCulture, out var parentId))
    {
        Console.Error.WriteLine($"--parent: found {parent}, wanted the number of the process that started this one");
        return 2;
    }

    ParentDeath.Follow(parentId);
}

if (InstructionSet.Pin(options.GetValueOrDefault("--instruction-set", "best")) is { } wrong)
{
    Console.Error.WriteLine(wrong);
    return 2;
}

ProcessSetup.PrepareForTorch(nice);
try
{
    TorchLibrary.Load(options.GetValueOrDefault("--libtorch"));
}
catch (Exception failure) when (failure is DllNotFoundException or NotSupportedException)
{
    Console.Error.WriteLine(failure.Message);
    return 2;
}

try
{
    TorchSharp.torch.set_num_threads(1);
    TorchSharp.torch.set_num_interop_threads(1);
    switch (verb)
    {
        case "devices":
            Console.WriteLine(TrainerProtocol.Write(new TrainerReady(TrainerProtocol.Version, TrainerDevices.List())));
            return 0;
        case "serve":
            using (ProcessSetup.IgnoreInterrupt())
            using (var server = new TrainerServer(ProcessSetup.TakeStandardOutput(), Console.In, TimeProvider.System))
            {
                server.Run();
            }

            return 0;
        case "verify":
            return VerifyRun.Run(options, TimeProvider.System);
        default:
            return new HandRun(TimeProvider.System).Run(options);
    }
}
catch (Exception failure)
{
    var (exitCode, text) = TrainerFailure.Of(failure);
    Console.Error.WriteLine(failure);
    Console.Error.WriteLine(text);
    // At once: what a library in an unknown state does while it unloads must not end in another code.
    LibC.ExitNow(exitCode);
    return exitCode;
}
