namespace SmallBatch.Protocol.Tests;

/// <summary>How far an operator is with a host.</summary>
internal enum DrainStage : byte
{
    /// <summary>It takes work.</summary>
    None,

    /// <summary>The operator has asked for a drain and heard nothing yet.</summary>
    Asked,

    /// <summary>The drain was acknowledged.</summary>
    Drained,

    /// <summary>The operator has put it back and heard nothing yet.</summary>
    PuttingBack,
}
