using System.Globalization;
using k8s.Models;
using SmallBatch.K8s.Tests.Objects;
using SmallBatch.Tls;

namespace SmallBatch.K8s.Tests.Policies;

/// <summary>Silos that speak TLS have their certificate where their settings say; where cert-manager issues it, it is for the silos' name, renewed in time, and no other certificate is.</summary>
internal sealed class CertificatesAgree : IPolicy
{
    /// <inheritdoc/>
    public IEnumerable<string> Complaints(Rendering rendering) => rendering.Silos.SelectMany(OfSilo)
        .Concat(rendering.Silos.Select(Speaks).Distinct().Count() > 1 ? ["found silos with TLS and silos without, wanted all alike: they do not speak to each other"] : [])
        .Concat(rendering.Of<Certificate>().SelectMany(c => OfCertificate(rendering, c).Select(w => $"Certificate {c.Name()}: {w}")));

    private static bool Speaks(Workload silo) => Folder(silo) is not null;

    private static string? Folder(Workload silo) => silo.Silo.Env?.FirstOrDefault(e => e.Name == "SMALLBATCH_Tls__Folder")?.Value;

    private static string? Secret(Workload silo) => silo.Silo.VolumeMounts.FirstOrDefault(m => m.MountPath == Folder(silo)) is { } mount
        ? silo.Pod.Volumes.FirstOrDefault(v => v.Name == mount.Name)?.Secret?.SecretName
        : null;

    private static IEnumerable<string> OfSilo(Workload silo)
    {
        if (Speaks(silo) && Secret(silo) is null)
        {
            yield return $"{silo.Name}: found Tls:Folder {Folder(silo)}, wanted a Secret mounted there";
        }
    }

    private static IEnumerable<string> OfCertificate(Rendering rendering, Certificate certificate)
    {
        var spec = certificate.Spec;
        var ofSilos = rendering.Silos.Any(s => Secret(s) == spec.SecretName);
        if (spec.DnsNames.Contains(TlsFolder.SiloName) != ofSilos)
        {
            yield return $"found the names {string.Join(", ", spec.DnsNames)}, wanted {TlsFolder.SiloName} for silos alone";
        }

        if (ofSilos && spec.Usages is not ["server auth", "client auth"])
        {
            yield return "a silo calls and is called";
        }

        if (spec.IsCA != true && (spec.RenewBefore is null || Hours(spec.RenewBefore) < Hours(spec.Duration!) / 4))
        {
            yield return $"found {spec.Duration} renewed {spec.RenewBefore} before its end, wanted a quarter at least, for an issuer that is away";
        }

        if (rendering.Of<Issuer>().FirstOrDefault(i => i.Name() == spec.IssuerRef.Name) is not { } issuer)
        {
            yield return $"found no Issuer {spec.IssuerRef.Name}";
        }
        else if (spec.IsCA != true && rendering.Of<Certificate>().FirstOrDefault(a => a.Spec.SecretName == issuer.Spec.Ca?.SecretName)?.Spec.IsCA != true)
        {
            yield return $"Issuer {issuer.Name()}: found no authority in {issuer.Spec.Ca?.SecretName}";
        }
    }

    private static double Hours(string duration) => double.Parse(duration.TrimEnd('h'), CultureInfo.InvariantCulture);
}
