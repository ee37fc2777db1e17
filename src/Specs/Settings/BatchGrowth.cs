namespace SmallBatch.Specs.Settings;

/// <summary>
/// From one epoch on the batch is larger while η stays, so that η̃ falls by as much: what Smith et al. 2018 do in the place
/// of a drop of the learning rate.
/// </summary>
/// <param name="Epoch">First epoch, from 0, that is trained with it.</param>
/// <param name="BatchSize">The batch size from there on.</param>
public sealed record BatchGrowth(int Epoch, int BatchSize);
