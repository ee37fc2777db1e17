namespace SmallBatch.Contracts.Releases;

/// <summary>
/// The number by which releases know whether they understand each other: silos on one store, silos in one cluster, a console and a silo. It is raised
/// by a release in which a stored row or a message means something that the release before would misread. What only adds a member, a
/// method or a grain raises nothing: unknown members are skipped.
/// </summary>
public static class ReleaseFormat
{
    /// <summary>This release's. 0 is that of releases which told none.</summary>
    public const int Current = 1;

    /// <summary>How far apart releases that work together may be: the next one runs beside this one, or has run and was taken back.</summary>
    public const int Reach = 1;
}
