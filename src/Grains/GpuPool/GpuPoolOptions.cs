using System.ComponentModel.DataAnnotations;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.GpuPool;

/// <summary>Times of the pool, and how its slots are shared. The same on every silo, since the pool may live on any.</summary>
public sealed class GpuPoolOptions : IValidatableObject
{
    /// <summary>Name of the one device class that this version serves.</summary>
    public const string DefaultPool = "default";

    /// <summary>A host that is silent this long loses its leases; longer than membership's own verdict. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "01:00:00")]
    public TimeSpan SilentHostAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>An offer not acknowledged within this time is withdrawn. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan OfferTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often silent hosts, stale offers and a successor's epoch are looked for. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan TickPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>A sweep that holds no slot gains one step of priority each time it has waited this long. Default 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan AgeAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>A configuration that needs a device of its own has one kept free for it once it has waited this long; until then others may have the slots. Default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan ReserveAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The teams that have settings, by name. A sweep may name any other, too. Default none.</summary>
    public Dictionary<string, TeamOptions> Teams { get; } = new(StringComparer.Ordinal);

    /// <summary>The settings of a team, its own or those of one without.</summary>
    public TeamOptions Team(string name) => Teams.GetValueOrDefault(name, TeamOptions.None);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
    [
        .. Teams.Keys.Where(n => !SweepSpecReader.IsName(n)).Select(n => new ValidationResult($"Pool:Teams: found the name {n}, wanted {SweepSpecReader.WantedName}.")),
        .. Teams.SelectMany(t => t.Value.Errors(t.Key)).Select(e => new ValidationResult(e)),
    ];
}
