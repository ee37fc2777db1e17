namespace SmallBatch.Silo.Settings;

/// <summary>Section <c>Parent</c>: for a silo that another program started.</summary>
public sealed class ParentSettings
{
    /// <summary>Whether to end when standard input ends, and to leave Ctrl-C to the parent. Default false.</summary>
    public bool EndWithInput { get; set; }

    /// <summary>Number of the process that started this one, with which it ends even where it is frozen (Linux). Default null.</summary>
    public int? ProcessId { get; set; }
}
