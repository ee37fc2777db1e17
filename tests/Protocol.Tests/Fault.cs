namespace SmallBatch.Protocol.Tests;

/// <summary>What goes wrong; a search allows so many of each.</summary>
internal enum Fault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A call or message is lost on its way.</summary>
    Lost,

    /// <summary>A call takes effect and its answer is lost.</summary>
    AnswerLost,

    /// <summary>The caller gives up, and the call takes effect at any later time.</summary>
    Late,

    /// <summary>A message arrives twice.</summary>
    Doubled,

    /// <summary>A write of the store fails, or takes effect and its answer is lost.</summary>
    Store,

    /// <summary>The activation of a configuration, the sweep or the pool is gone.</summary>
    ActivationCrash,

    /// <summary>A second activation of a configuration or the pool beside the first.</summary>
    TwoActivations,

    /// <summary>A trainer dies.</summary>
    TrainerCrash,

    /// <summary>A host dies.</summary>
    HostCrash,

    /// <summary>A host can reach the store and nobody else.</summary>
    Cut,

    /// <summary>A host that lives is silent for too long.</summary>
    Silence,

    /// <summary>The store forgets what was written last, and every activation reads again.</summary>
    Rollback,

    /// <summary>A user cancels the sweep: no fault, but as rare.</summary>
    Cancel,

    /// <summary>A user pauses the sweep, and resumes it whenever.</summary>
    Pause,

    /// <summary>A user has what was given up tried again.</summary>
    Retry,

    /// <summary>A host is asked to leave.</summary>
    Drain,

    /// <summary>An operator drains a host: no fault, but as rare.</summary>
    OperatorDrain,

    /// <summary>A minute passes.</summary>
    Minute,

    /// <summary>A reminder ticks though nothing died.</summary>
    Reminder,

    /// <summary>How many faults in all.</summary>
    Any,
}
