using SmallBatch.Contracts.Configurations;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Grains.Sweeps;

/// <summary>What is stored of a sweep. Which configurations have ended is read from their rows and stands nowhere here.</summary>
[GenerateSerializer, Immutable, Alias("smallbatch.sweep-state")]
internal sealed record SweepState
{
    /// <summary>Unique per creation; null before the first submission.</summary>
    [Id(0)]
    public string? SweepId { get; init; }

    /// <summary>The specification's canonical text.</summary>
    [Id(1)]
    public string SpecText { get; init; } = "";

    /// <summary>The network's own text where the specification names a file; else null.</summary>
    [Id(2)]
    public string? NetworkText { get; init; }

    /// <summary>The dataset's identity when it was submitted, JSON.</summary>
    [Id(3)]
    public string DatasetText { get; init; } = "";

    /// <summary>Rises with each action and extension.</summary>
    [Id(4)]
    public long ControlVersion { get; init; }

    /// <summary>Cancelled by a user.</summary>
    [Id(5)]
    public bool Cancelled { get; init; }

    /// <summary>The one numerics class that its results are of, fixed before the first grant.</summary>
    [Id(6)]
    public string? NumericsClass { get; init; }

    /// <summary>The version of the arithmetic that its cells are trained by: that of its class, so that no release that comes after plans other cells.</summary>
    public int NumericsVersion => TrainingNumerics.VersionOf(NumericsClass);

    /// <summary>What is confirmed, decided per batch size once its row of the grid is complete, and stored before anything acts on it.</summary>
    [Id(7)]
    public ConfirmDecision[] Decisions { get; init; } = [];

    /// <summary>When it was first submitted.</summary>
    [Id(8)]
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a fresh listing of the store showed every row; null before.</summary>
    [Id(9)]
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Paused by a user.</summary>
    [Id(10)]
    public bool Paused { get; init; }

    /// <summary>Being deleted: this row goes last.</summary>
    [Id(11)]
    public bool Deleting { get; init; }

    /// <summary>Which configurations are to be tried again after they were given up, and how often.</summary>
    [Id(12)]
    public RetriedConfiguration[] Retries { get; init; } = [];

    /// <summary>Replicas a cell that it had before it was given more, ascending: each time the further ones are configurations of their own.</summary>
    [Id(20)]
    public int[] EarlierReplicas { get; init; } = [];

    /// <summary>The same of the fresh seeds.</summary>
    [Id(21)]
    public int[] EarlierConfirms { get; init; } = [];

    /// <summary>How many replicas cells have in the end, where the specification leaves that to their spread; stored before anything acts on it.</summary>
    [Id(22)]
    public ReplicaDecision[] ReplicaDecisions { get; init; } = [];

    /// <summary>Hours of slots that it had used when it was ended by its limit; null unless it was.</summary>
    [Id(23)]
    public double? EndedAtDeviceHours { get; init; }

    /// <summary>Which cells go on to a longer budget, rung by rung; stored before anything acts on it.</summary>
    [Id(24)]
    public RungDecision[] RungDecisions { get; init; } = [];

    /// <summary>Which batch sizes train no fresh seeds; null before that is decided, and where nobody asked for it.</summary>
    [Id(25)]
    public StopDecision? Stop { get; init; }

    /// <summary>The shorter budgets that it had before it was given longer ones, shortest first; their rows stay.</summary>
    [Id(26)]
    public StoredBudget[] ShorterBudgets { get; init; } = [];

    /// <summary>The span of its submission, as <c>traceparent</c> writes it; null where nobody exported traces then.</summary>
    [Id(27)]
    public string? Trace { get; init; }

    /// <summary>What people are told that not every receiver has got yet.</summary>
    [Id(28)]
    public SweepNotice[] Notices { get; init; } = [];

    /// <summary>Ids of all that they were told in this control version.</summary>
    [Id(29)]
    public string[] Told { get; init; } = [];
}

/// <summary>What a sweep was on a shorter budget: its specification and what was decided on its rows.</summary>
/// <param name="SpecText">The specification's canonical text.</param>
/// <param name="EarlierReplicas">As in the state.</param>
/// <param name="EarlierConfirms">As in the state.</param>
/// <param name="Decisions">As in the state.</param>
/// <param name="ReplicaDecisions">As in the state.</param>
/// <param name="RungDecisions">As in the state.</param>
/// <param name="Stop">As in the state.</param>
/// <param name="CompletedAt">When every row of it was found stored; null where the longer budget came first.</param>
/// <param name="HaltVersion">The control version under which what still trained or waited was stopped; 0 where nothing did.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.stored-budget")]
internal sealed record StoredBudget(
    string SpecText,
    int[] EarlierReplicas,
    int[] EarlierConfirms,
    ConfirmDecision[] Decisions,
    ReplicaDecision[] ReplicaDecisions,
    RungDecision[] RungDecisions,
    StopDecision? Stop,
    DateTimeOffset? CompletedAt,
    long HaltVersion);

/// <summary>Which batch sizes the grid alone rules out.</summary>
/// <param name="Basis">What was compared: it is decided anew where that changes.</param>
/// <param name="BatchSizes">Ascending.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.stop-decision")]
internal sealed record StopDecision(string Basis, int[] BatchSizes);

/// <summary>Which cells of a rung go on to the next budget.</summary>
/// <param name="BatchSize">m.</param>
/// <param name="Rung">From 1, the shortest budget first.</param>
/// <param name="Basis">What was compared: it is decided anew where that changes.</param>
/// <param name="Kept">Their η̃, ascending.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.rung-decision")]
internal sealed record RungDecision(int BatchSize, int Rung, string Basis, string[] Kept);

/// <summary>A configuration that is to be tried again.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Generation">Attempts of an earlier generation no longer count as its failure.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.retried-configuration")]
internal sealed record RetriedConfiguration(string Key, int Generation);

/// <summary>How many replicas the cells have in the end that were given more.</summary>
/// <param name="Stage">Grid or confirm.</param>
/// <param name="BatchSize">m of the row that was decided; 0 for the fresh seeds, which are decided together.</param>
/// <param name="Basis">What was compared: it is decided anew where that changes.</param>
/// <param name="Cells">Those that may still change the answer; the others keep what they have.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.replica-decision")]
internal sealed record ReplicaDecision(Stage Stage, int BatchSize, string Basis, CellReplicas[] Cells);

/// <summary>How many replicas a cell has in the end.</summary>
[GenerateSerializer, Immutable, Alias("smallbatch.cell-replicas")]
internal sealed record CellReplicas(int BatchSize, string BaseLearningRate, int Replicas);

/// <summary>Which η̃ of a batch size is confirmed.</summary>
/// <param name="BatchSize">m.</param>
/// <param name="GridSize">Values of η̃ among which it was chosen: a wider grid is decided anew.</param>
/// <param name="BaseLearningRate">The winner's canonical text, or null where no cell trained throughout.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.confirm-decision")]
internal sealed record ConfirmDecision(int BatchSize, int GridSize, string? BaseLearningRate);
