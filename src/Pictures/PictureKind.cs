namespace SmallBatch.Pictures;

/// <summary>What a picture shows.</summary>
public enum PictureKind
{
    /// <summary>Mean accuracy over m × η̃, with the boundary beyond which seeds diverge.</summary>
    HeatMap,

    /// <summary>Accuracy against η̃, a line for each m (the paper's Figs. 1 to 12).</summary>
    Accuracy,

    /// <summary>Best accuracy against m, with intervals (the paper's Fig. 15).</summary>
    Best,

    /// <summary>The range of η̃ that trains, for each m (the paper's Fig. 16).</summary>
    Ranges,

    /// <summary>Test accuracy epoch by epoch at one η̃, a line for each m (the paper's Fig. 4).</summary>
    Epochs,

    /// <summary>The same, update by update.</summary>
    Updates,

    /// <summary>Accuracy against the batch of the normalisation, a line for each m (the paper's Fig. 13); needs several sweeps.</summary>
    NormBatch,

    /// <summary>Variance of the update against m, with the fitted slope.</summary>
    Variance,

    /// <summary>Device time until an accuracy is reached, for each m.</summary>
    Time,

    /// <summary>Images trained on until an accuracy is reached, for each m.</summary>
    Cost,
}
