using System.ComponentModel.DataAnnotations;
using SmallBatch.Silo.Simulation;

namespace SmallBatch.Silo.Settings;

/// <summary>Section <c>Simulation</c>: trainers that train nothing and make their results up, to try the rest of the system. Off unless a duration is given.</summary>
public sealed class SimulationSettings : IValidatableObject
{
    /// <summary>
    /// How long a training takes: <c>1s</c>, or <c>2ms/update</c>, or by its seed <c>0.5s..2s</c>. Given, this silo's trainers are simulated. Default
    /// null: they are real.
    /// </summary>
    public string? Duration { get; set; }

    /// <summary>Share of replicas that diverge, by their seed, 0 to 1; part of the numerics class. Default 0: those whose base learning rate is too large.</summary>
    [Range(0.0, 1.0)]
    public double Diverging { get; set; }

    /// <summary>
    /// Share of configurations whose trainer dies once, right after a checkpoint, at an update that the seed says, 0 to 1. Devices are judged by
    /// such deaths as by real ones. Default 0.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Failing { get; set; }

    /// <summary>Whether trainers are simulated.</summary>
    public bool On => Duration is not null;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Duration is null ? [] : DurationLaw.Parse(Duration).Errors.Select(e => new ValidationResult(e.ToString()));
}
