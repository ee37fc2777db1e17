namespace SmallBatch.Web.Access;

/// <summary>What somebody may do over HTTP; each may what those before it may.</summary>
public enum AccessRole
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Look at everything.</summary>
    Viewer = 1,

    /// <summary>Submit sweeps, and pause, resume, cancel and retry them.</summary>
    Submitter = 2,

    /// <summary>Drain hosts, put hosts and devices back, delete sweeps.</summary>
    Operator = 3,
}
