using Microsoft.Extensions.Options;
using SmallBatch.Silo.Settings;
using SmallBatch.Silo.Trainers;

namespace SmallBatch.Silo.Simulation;

/// <summary>In place of the trainer's program: trainers that train nothing. It says so wherever somebody looks.</summary>
internal sealed partial class SimulatedProgram : ITrainerProgram
{
    private readonly Simulation simulation;
    private readonly TimeProvider time;

    public SimulatedProgram(IOptions<SimulationSettings> settings, TimeProvider time, ILogger<SimulatedProgram> logger)
    {
        (simulation, this.time) = (Simulation.Of(settings.Value), time);
        TrainersAreSimulated(logger, settings.Value.Duration!, simulation.NumericsClass);
    }

    /// <inheritdoc/>
    public string Path => "the simulated trainer";

    /// <inheritdoc/>
    public bool Exists => true;

    /// <inheritdoc/>
    public string? Remark => $"SIMULATED: its trainers train nothing, and the results of numerics class {simulation.NumericsClass} are made up";

    /// <inheritdoc/>
    public string Fingerprint() => simulation.NumericsClass;

    /// <inheritdoc/>
    public IRunningTrainer Start(params string[] arguments) => new SimulatedTrainer(arguments, simulation, time);

    [LoggerMessage(Level = LogLevel.Warning, Message = "SIMULATED TRAINERS (Simulation:Duration={Duration}): this silo trains nothing; every result of numerics class {NumericsClass} is made up")]
    private static partial void TrainersAreSimulated(ILogger logger, string duration, string numericsClass);
}
