namespace SmallBatch.Bench.Chaos.Strikes;

/// <summary>A kind of strike.</summary>
/// <param name="Name">Its name, as <c>--kinds</c> takes it.</param>
/// <param name="Choose">Who is struck: nobody where nobody fits at the moment.</param>
/// <param name="Act">Strikes, holds, and takes away what need not stay; answers a remark or null. What was killed is started again later.</param>
/// <param name="Needs">What the machine must permit; null for nothing.</param>
/// <param name="Class">Which of the published bounds holds for it.</param>
internal sealed record StrikeKind(
    string Name,
    Func<Arena, Task<IReadOnlyList<Silos.Seat>>> Choose,
    Func<Arena, IReadOnlyList<Silos.Seat>, Task<string?>> Act,
    Permission? Needs,
    StrikeClass Class);
