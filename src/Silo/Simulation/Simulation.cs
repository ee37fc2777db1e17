using System.Globalization;
using SmallBatch.Silo.Settings;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Silo.Simulation;

/// <summary>What is simulated.</summary>
internal sealed record Simulation(DurationLaw Law, double Diverging, double Failing)
{
    /// <summary>Raised when equal settings are made up otherwise.</summary>
    private const int Version = 1;

    /// <summary>The numerics class of what it makes up: what results depend on, and that they are none.</summary>
    public string NumericsClass => string.Create(CultureInfo.InvariantCulture, $"{SimulatedNumerics.Prefix}{Version}-diverging{Diverging}-n{TrainingNumerics.Version}");

    /// <summary>From settings that are on and in order.</summary>
    public static Simulation Of(SimulationSettings settings) => new(DurationLaw.Parse(settings.Duration!).Value!, settings.Diverging, settings.Failing);
}
