namespace SmallBatch.Protocol.Tests;

/// <summary>What may happen next.</summary>
internal enum StepKind : byte
{
    Queue,
    Cancel,
    Pause,
    Resume,
    Retry,
    HaltGoesOn,
    Wake,
    SweepCrashes,
    Ask,
    CellCrashes,
    SecondCell,
    PoolCrashes,
    SecondPool,
    PoolChecksEpoch,
    WriteEnds,
    LateWriteArrives,
    OffersTimeOut,
    AdoptedTimeOut,
    HostIsSilent,
    DeathIsTold,
    HostRestarts,
    BeatIsBuilt,
    BeatArrives,
    LateBeatArrives,
    Train,
    TellCheckpoint,
    TellEnd,
    ReportIsStale,
    TrainerCrashes,
    HostCrashes,
    Drain,
    OperatorDrains,
    DrainIsAnswered,
    OperatorUndrains,
    Leave,
    CutOff,
    Heal,
    MessageArrives,
    StoreRollsBack,
    StoreFlushes,
    Minute,
    CollectorReads,
    CollectorDeletes,
}

/// <summary>One step of a search.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="X">To which cell, host or message.</param>
/// <param name="Y">Which of several there.</param>
/// <param name="Activation">Which activation of the configuration takes it: 0, or 1 for the younger.</param>
/// <param name="Pool">Which activation of the pool is called.</param>
/// <param name="Fault">What goes wrong on the way.</param>
/// <param name="At">In which call of the turn.</param>
internal readonly record struct Step(StepKind Kind, byte X = 0, byte Y = 0, byte Activation = 0, byte Pool = 0, Fault Fault = Fault.None, byte At = 0)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Kind} {X}{(Y > 0 ? $".{Y}" : "")}{(Activation > 0 ? " (second activation)" : "")}{(Pool > 0 ? " (second pool)" : "")}{(Fault != Fault.None ? $", call {At}: {Fault}" : "")}";
}
