using k8s;
using k8s.Models;

namespace SmallBatch.K8s.Tests.Objects;

/// <summary>cert-manager's <c>cert-manager.io/v1</c> Certificate, as far as ours say anything: its resource definition has no class in Kubernetes' own description. A field that is not here is refused as misspelt.</summary>
internal sealed class Certificate : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public CertificateSpec Spec { get; set; } = new();
}

/// <summary>What is issued, by whom, for how long, and into which Secret.</summary>
internal sealed class CertificateSpec
{
    public bool? IsCA { get; set; }

    public string? CommonName { get; set; }

    public IList<string> DnsNames { get; set; } = [];

    public IList<string> Usages { get; set; } = [];

    public string SecretName { get; set; } = "";

    public string? Duration { get; set; }

    public string? RenewBefore { get; set; }

    public CertificateKey? PrivateKey { get; set; }

    public V1CrossVersionObjectReference IssuerRef { get; set; } = new();
}

/// <summary>What key it has, and whether each renewal makes another.</summary>
internal sealed class CertificateKey
{
    public string? Algorithm { get; set; }

    public int? Size { get; set; }

    public string? RotationPolicy { get; set; }
}

/// <summary>cert-manager's <c>cert-manager.io/v1</c> Issuer, as far as ours say anything.</summary>
internal sealed class Issuer : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public IssuerSpec Spec { get; set; } = new();
}

/// <summary>By itself, or by an authority's Secret.</summary>
internal sealed class IssuerSpec
{
    public IDictionary<string, string>? SelfSigned { get; set; }

    public IssuerAuthority? Ca { get; set; }
}

/// <summary>The authority.</summary>
internal sealed class IssuerAuthority
{
    public string SecretName { get; set; } = "";
}
