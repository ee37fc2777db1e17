using SmallBatch.Grains.Configurations;

namespace SmallBatch.Protocol.Tests;

/// <summary>An activation of a configuration's grain: what it remembers, and the tag of the row that it read or wrote last.</summary>
internal sealed record Activation(ConfigurationState State, int Tag, bool Recorded);
