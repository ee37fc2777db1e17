using SmallBatch.K8s.Tests.Objects;

namespace SmallBatch.K8s.Tests.Policies;

/// <summary>Something that every overlay keeps to.</summary>
internal interface IPolicy
{
    /// <summary>What does not, each with where it is; nothing where all does.</summary>
    IEnumerable<string> Complaints(Rendering rendering);
}
