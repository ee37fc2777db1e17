using System.ComponentModel.DataAnnotations;

namespace SmallBatch.Silo.Settings;

/// <summary>What a receiver is sent.</summary>
public enum WebhookForm
{
    /// <summary>Every field of the notice.</summary>
    Json,

    /// <summary><c>{"text": …}</c>, as Slack, Mattermost and others take it.</summary>
    Chat,
}

/// <summary>Section <c>Webhooks</c>: who is told of sweeps. Every silo of a cluster has the same. Addresses and secrets belong into the environment.</summary>
public sealed class WebhookSettings : IValidatableObject
{
    private const int Shortest = 16;

    /// <summary>The receivers by name. Default none.</summary>
    public Dictionary<string, WebhookReceiver> Receivers { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How long a receiver that does not take a notice is tried. Default 3 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(3);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // Neither the address nor the secret is ever said: errors end up in logs, and a chat tool's address is a secret too.
        foreach (var (name, receiver) in Receivers)
        {
            if (!Uri.TryCreate(receiver.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
            {
                yield return new($"Webhooks:Receivers:{name}:Url: found {(string.IsNullOrEmpty(receiver.Url) ? "nothing" : "no address that can be used")}, wanted http:// or https:// with a host and without a user.");
            }

            if (receiver.Secret is { Length: < Shortest } || (receiver.Secret is null && receiver.Form == WebhookForm.Json))
            {
                yield return new($"Webhooks:Receivers:{name}:Secret: found {receiver.Secret?.Length ?? 0} characters, wanted at least {Shortest}, such as 'openssl rand -hex 16' makes.");
            }
        }
    }
}

/// <summary>One receiver.</summary>
public sealed class WebhookReceiver
{
    /// <summary>Where it is. No default.</summary>
    public string Url { get; set; } = "";

    /// <summary>What its messages are signed with. Default none, which the form for chat tools alone may have.</summary>
    public string? Secret { get; set; }

    /// <summary>What it is sent. Default json.</summary>
    public WebhookForm Form { get; set; }
}
