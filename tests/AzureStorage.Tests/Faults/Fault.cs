namespace SmallBatch.AzureStorage.Tests.Faults;

/// <summary>What happens to one request on its way.</summary>
/// <param name="Delivered">Whether the store gets it.</param>
/// <param name="Answer">An answer in the place of the store's; null for the store's own.</param>
/// <param name="AnswerBytes">Bytes of the answer that arrive before the connection is reset; null for all.</param>
/// <param name="Delay">Time that passes before it is delivered.</param>
/// <param name="MissingBytes">Bytes at the request's end that the store does not get before its connection is reset.</param>
public sealed record Fault(bool Delivered, string? Answer = null, int? AnswerBytes = null, TimeSpan Delay = default, int MissingBytes = 0)
{
    /// <summary>The connection is reset before the request arrives.</summary>
    public static Fault Reset { get; } = new(false, AnswerBytes: 0);

    /// <summary>The store does what it is asked, and its answer is lost.</summary>
    public static Fault AnswerLost { get; } = new(true, AnswerBytes: 0);

    /// <summary>The store does what it is asked, and its answer breaks off in the midst of its headers.</summary>
    public static Fault AnswerCut { get; } = new(true, AnswerBytes: 60);

    /// <summary>The store does what it is asked, and its answer breaks off in the midst of its body, where it has one.</summary>
    public static Fault AnswerBodyCut { get; } = new(true, AnswerBytes: 600);

    /// <summary>The request breaks off in the midst of its body, and so does the connection of whoever sent it.</summary>
    public static Fault RequestCut { get; } = new(true, AnswerBytes: 0, MissingBytes: 5);

    /// <summary>It takes a while.</summary>
    public static Fault Slow { get; } = new(true, Delay: TimeSpan.FromMilliseconds(300));

    /// <summary>An answer of this status in the place of the store, which gets nothing.</summary>
    public static Fault Status(int status, string headers = "") => new(false, $"HTTP/1.1 {status} Trouble\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n");

    /// <summary>The store does what it is asked, and something between answers with this status.</summary>
    public static Fault DeliveredBut(int status) => Status(status) with { Delivered = true };
}
