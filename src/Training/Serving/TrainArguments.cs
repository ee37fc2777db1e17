using System.Globalization;
using SmallBatch.Specs;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Training.Serving;

/// <summary>What <c>train</c> was asked for on the command line.</summary>
internal sealed record TrainArguments
{
    private static readonly string[] Known = ["--spec", "--m", "--lr", "--replicas", "--stage", "--data", "--out", "--checkpoint-every", "--resume", "--device", "--nice", "--instruction-set", "--parent", "--libtorch"];

    /// <summary>The specification's file.</summary>
    public required string Spec { get; init; }

    /// <summary>m.</summary>
    public required int BatchSize { get; init; }

    /// <summary>η̃; null where it could not be read.</summary>
    public required BaseLearningRate? Rate { get; init; }

    /// <summary>Replicas.</summary>
    public required int Replicas { get; init; }

    /// <summary><c>grid</c> or <c>confirm</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>Folder of the datasets.</summary>
    public required string DataRoot { get; init; }

    /// <summary>Folder for checkpoints.</summary>
    public required string Folder { get; init; }

    /// <summary>Seconds between checkpoints.</summary>
    public required double CheckpointSeconds { get; init; }

    /// <summary><c>cpu</c> or <c>cuda:N</c>.</summary>
    public required string Device { get; init; }

    /// <summary>The checkpoint to go on from, or null.</summary>
    public required string? Resume { get; init; }

    /// <summary>Reads pairs of option and value; what is wrong with them goes to <paramref name="errors"/>, all of it.</summary>
    public static TrainArguments Read(IReadOnlyDictionary<string, string> options, List<SpecError> errors)
    {
        foreach (var unknown in options.Keys.Except(Known))
        {
            errors.Add(new(unknown, "an unknown option", $"one of {string.Join(", ", Known)}"));
        }

        if (!options.ContainsKey("--spec"))
        {
            errors.Add(new("--spec", "nothing", "a specification's file"));
        }

        var rateText = options.GetValueOrDefault("--lr", "nothing");
        if (!BaseLearningRate.TryParse(rateText, out var rate))
        {
            errors.Add(new("--lr", rateText, "a base learning rate such as 2^-9"));
        }

        var stage = options.GetValueOrDefault("--stage", "grid");
        if (stage is not ("grid" or "confirm"))
        {
            errors.Add(new("--stage", stage, "grid or confirm"));
        }

        var device = options.GetValueOrDefault("--device", "cpu");
        errors.AddRange(TrainerDevices.Find(device, "--device").Errors);
        return new()
        {
            Device = device,
            Spec = options.GetValueOrDefault("--spec", ""),
            BatchSize = Whole("--m", null, 1, 65536),
            Rate = rate,
            Replicas = Whole("--replicas", "1", 1, 1000),
            Stage = stage,
            DataRoot = options.GetValueOrDefault("--data", "."),
            Folder = options.GetValueOrDefault("--out", "."),
            CheckpointSeconds = Seconds(),
            Resume = options.GetValueOrDefault("--resume"),
        };

        int Whole(string name, string? fallback, int least, int most)
        {
            var text = options.GetValueOrDefault(name) ?? fallback;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            {
                return number;
            }

            errors.Add(new(name, text ?? "nothing", $"a whole number from {least} to {most}"));
            return least;
        }

        double Seconds()
        {
            var text = options.GetValueOrDefault("--checkpoint-every", "60");
            if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds > 0)
            {
                return seconds;
            }

            errors.Add(new("--checkpoint-every", text, "seconds above 0"));
            return 60;
        }
    }
}
