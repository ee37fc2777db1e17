using System.Net.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.Connections.Security;

namespace SmallBatch.Tls;

/// <summary>
/// TLS on every connection of Orleans, in which each side shows its certificate. A silo takes as silos only those whose certificate bears
/// <see cref="TlsFolder.SiloName"/>, and as consoles all whom its authorities know.
/// </summary>
public static partial class TlsConnections
{
    /// <summary>Between this silo and others, and from consoles.</summary>
    public static void UseTlsOf(this ISiloBuilder silo, TlsFolder folder) =>
        silo.Services.AddOptions<SiloConnectionOptions>().Configure<ILoggerFactory>((options, loggers) =>
        {
            var log = loggers.CreateLogger(typeof(TlsConnections).Namespace!);
            options.ConfigureSiloInboundConnection(b => b.UseServerTls(Server(folder, asSilo: true, log)));
            options.ConfigureGatewayInboundConnection(b => b.UseServerTls(Server(folder, asSilo: false, log)));
            options.ConfigureSiloOutboundConnection(b => b.UseClientTls(Client(folder, log)));
        });

    /// <summary>From this console to a silo.</summary>
    public static void UseTlsOf(this IClientBuilder client, TlsFolder folder) =>
        client.Configure<ClientConnectionOptions>(options => options.ConfigureConnection(b => b.UseClientTls(Client(folder, NullLogger.Instance))));

    /// <summary>How a connection to a silo is authenticated.</summary>
    /// <param name="material">This side's certificate, and whom it believes.</param>
    internal static SslClientAuthenticationOptions ToSilo(TlsMaterial material) => Apply(material, new());

    private static SslClientAuthenticationOptions Apply(TlsMaterial material, SslClientAuthenticationOptions options)
    {
        options.TargetHost = TlsFolder.SiloName;
        options.ClientCertificateContext = material.Chain;
        options.CertificateChainPolicy = material.Policy();
        return options;
    }

    private static TlsOptions Client(TlsFolder folder, ILogger log) => new()
    {
        RemoteCertificateValidation = (certificate, chain, errors) =>
        {
            var why = CertificateRefusal.Of(certificate, chain, errors, asSilo: true);
            if (why is not null)
            {
                SiloRefused(log, why);
            }

            return why is null;
        },
        OnAuthenticateAsClient = (_, options) => Apply(folder.Current(why => NotRenewed(log, why)), (SslClientAuthenticationOptions)options.SslClientAuthenticationOptions),
    };

    private static TlsOptions Server(TlsFolder folder, bool asSilo, ILogger log) => new()
    {
        // Asked for by the library; what is shown is the whole chain, below.
        LocalServerCertificateSelector = (_, _) => folder.Current().Certificate,
        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
        RemoteCertificateValidation = (certificate, chain, errors) =>
        {
            var why = CertificateRefusal.Of(certificate, chain, errors, asSilo);
            if (why is not null)
            {
                CallerRefused(log, asSilo ? "silo" : "console", why);
            }

            return why is null;
        },
        OnAuthenticateAsServer = (_, options) =>
        {
            var material = folder.Current(why => NotRenewed(log, why));
            var server = (SslServerAuthenticationOptions)options.SslServerAuthenticationOptions;
            server.ServerCertificateSelectionCallback = null;
            server.ServerCertificateContext = material.Chain;
            server.CertificateChainPolicy = material.Policy();
        },
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "A connection from a {Kind} was refused: {Why}")]
    private static partial void CallerRefused(ILogger log, string kind, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A connection to a silo was refused here: {Why}")]
    private static partial void SiloRefused(ILogger log, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "The new certificate is not used: {Why}")]
    private static partial void NotRenewed(ILogger log, string why);
}
