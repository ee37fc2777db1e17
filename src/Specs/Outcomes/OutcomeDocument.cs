using System.Text.Json;
using System.Text.Json.Serialization;

namespace SmallBatch.Specs.Outcomes;

/// <summary>
/// One replica's outcome as it is stored: every value in it is deterministic, and its JSON text (this property order, round-trip
/// numbers) is the deterministic part of a result row, byte for byte.
/// </summary>
/// <param name="Replica">Number within its stage, from 0.</param>
/// <param name="Outcome"><c>trained</c>, <c>untrained</c> or <c>diverged</c>.</param>
/// <param name="DivergedAtStep">First step whose loss or weights were not finite, from 1; null unless diverged.</param>
/// <param name="Score">Median test accuracy over the last 5 epochs (fewer where there are fewer), 0 to 1; null when diverged.</param>
/// <param name="FinalTestAccuracy">After the last epoch; null when diverged.</param>
/// <param name="FinalTrainLoss">Mean training loss of the last epoch; null when diverged.</param>
/// <param name="FinalTestLoss">Mean test loss after the last epoch; null when diverged.</param>
/// <param name="Updates">Updates of the whole run.</param>
/// <param name="TestCorrect">Which test images were right at the end, one bit each, first image in the lowest bit of the first byte, base64; null when diverged.</param>
/// <param name="Curve">One point per finished epoch; a diverged replica's ends with the last finite epoch.</param>
/// <param name="UpdateVariance">What was measured of the update's variance; null where that was not asked for.</param>
/// <param name="ValidationScore">The same median on the images that were kept back to select; null when diverged, and left out where none were kept back.</param>
public sealed record OutcomeDocument(
    int Replica,
    string Outcome,
    long? DivergedAtStep,
    double? Score,
    double? FinalTestAccuracy,
    double? FinalTrainLoss,
    double? FinalTestLoss,
    long Updates,
    string? TestCorrect,
    IReadOnlyList<OutcomePoint> Curve,
    IReadOnlyList<UpdateVariancePoint>? UpdateVariance = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? ValidationScore = null)
{
    /// <summary>The canonical text.</summary>
    public string Write() => JsonSerializer.Serialize(this, OutcomeJson.Default.OutcomeDocument);

    /// <summary>Reads the canonical text.</summary>
    public static OutcomeDocument Read(string text) =>
        JsonSerializer.Deserialize(text, OutcomeJson.Default.OutcomeDocument) ?? throw new JsonException("found null, wanted an outcome");
}

/// <summary>One epoch of a replica.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Step">Updates done.</param>
/// <param name="TrainLoss">Mean over the epoch's images as they were trained on.</param>
/// <param name="TrainAccuracy">Likewise, 0 to 1.</param>
/// <param name="TestLoss">Mean over the test images after the epoch.</param>
/// <param name="TestAccuracy">Likewise, 0 to 1.</param>
/// <param name="GradientNorm">Mean over the epoch's updates of the Euclidean norm of the mean loss's gradient, weight decay left out; null where it was not finite.</param>
/// <param name="ValidationLoss">Mean over the images that were kept back to select; left out where none were.</param>
/// <param name="ValidationAccuracy">Likewise, 0 to 1.</param>
public sealed record OutcomePoint(
    int Epoch,
    long Step,
    double TrainLoss,
    double TrainAccuracy,
    double TestLoss,
    double TestAccuracy,
    double? GradientNorm = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? ValidationLoss = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? ValidationAccuracy = null);

/// <summary>The update's variance at one moment for one batch size.</summary>
/// <param name="Step">Updates done.</param>
/// <param name="BatchSize">The batch size that was measured, not the one trained with.</param>
/// <param name="GradientVariance">
/// Trace of the covariance of the mean gradient over batches of that size, drawn without replacement and corrected for the
/// finite training set; null where it was not finite. The update η·g of that batch size has η̃²·m² times this.
/// </param>
public sealed record UpdateVariancePoint(long Step, int BatchSize, double? GradientVariance);

/// <summary>Source-generated JSON of an outcome.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OutcomeDocument))]
internal sealed partial class OutcomeJson : JsonSerializerContext;
