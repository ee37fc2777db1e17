using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using SmallBatch.Client.Commands;

namespace SmallBatch.Client.Fetching;

/// <summary>
/// Downloads one file and goes on where a broken connection, or a broken process, stopped: by HTTP's Range. Gives up after
/// five tries in a row that brought nothing; what came stays for the next call. The checksum decides whether it is whole.
/// </summary>
internal sealed class Download(HttpClient http, TimeProvider time)
{
    private const int MostFruitlessTries = 5;
    private const int BufferBytes = 1 << 16;
    private static readonly TimeSpan Stalled = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(0.5);

    /// <summary>Where a download stands until it is whole and checked; one that is there is gone on with.</summary>
    public static string PartOf(string path) => path + ".part";

    /// <summary>
    /// Brings <paramref name="url"/> to <paramref name="path"/> and checks its MD5. Reports bytes so far and, where the server
    /// tells it, the total. Throws <see cref="CommandFailedException"/>; a file with another checksum is removed.
    /// </summary>
    public async Task FetchAsync(Uri url, string path, string md5, Action<long, long?> report, CancellationToken cancellationToken)
    {
        var part = PartOf(path);
        await using (var file = new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0))
        {
            await FillAsync(url, file, report, cancellationToken);
            file.Position = 0;
            var found = Convert.ToHexStringLower(await MD5.HashDataAsync(file, cancellationToken));
            if (found != md5)
            {
                var bytes = file.Length;
                await file.DisposeAsync();
                File.Delete(part);
                throw new CommandFailedException(string.Create(CultureInfo.InvariantCulture, $"{url}: found {bytes} bytes with MD5 {found}, wanted MD5 {md5}; what came was removed, fetch it again or from elsewhere by --url"));
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(part, path, overwrite: true);
    }

    private async Task FillAsync(Uri url, FileStream file, Action<long, long?> report, CancellationToken cancellationToken)
    {
        for (var fruitless = 0; ;)
        {
            var before = file.Length;
            string failure;
            try
            {
                if (await ContinueAsync(url, file, report, cancellationToken))
                {
                    return;
                }

                failure = "the connection ended early";
            }
            catch (Exception broken) when (broken is HttpRequestException { StatusCode: null } or IOException || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                failure = broken is OperationCanceledException ? $"nothing came for {Stalled.TotalSeconds:F0} s" : broken.Message;
            }

            fruitless = file.Length > before ? 0 : fruitless + 1;
            if (fruitless == MostFruitlessTries)
            {
                throw new CommandFailedException(string.Create(CultureInfo.InvariantCulture, $"{url}: {failure}. {file.Length} bytes are here; the same command goes on behind them."));
            }

            await Task.Delay(FirstWait * Math.Pow(2, fruitless), time, cancellationToken);
        }
    }

    /// <summary>One connection; whether the file is complete as far as the server says.</summary>
    private async Task<bool> ContinueAsync(Uri url, FileStream file, Action<long, long?> report, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Stalled);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Range = file.Length > 0 ? new RangeHeaderValue(file.Length, null) : null;
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return true;
        }

        if (response.StatusCode is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests)
        {
            throw new HttpRequestException($"the server answered {(int)response.StatusCode} {response.ReasonPhrase}");
        }

        if (response.StatusCode is HttpStatusCode.OK)
        {
            file.SetLength(0);
        }
        else if (response.StatusCode is not HttpStatusCode.PartialContent || response.Content.Headers.ContentRange?.From != file.Length)
        {
            throw new CommandFailedException($"{url}: found answer {(int)response.StatusCode} {response.ReasonPhrase}, wanted the file; name another place by --url");
        }

        file.Position = file.Length;
        var total = response.Content.Headers.ContentLength is { } rest ? file.Length + rest : (long?)null;
        await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
        var buffer = new byte[BufferBytes];
        report(file.Length, total);
        while (await body.ReadAsync(buffer, patience.Token) is > 0 and var count)
        {
            patience.CancelAfter(Stalled);
            await StoreAsync(file, buffer.AsMemory(0, count), total, cancellationToken);
            report(file.Position, total);
        }

        return total is null || file.Length >= total;
    }

    /// <summary>A disk that takes no more is no broken connection: trying again does not help.</summary>
    private static async Task StoreAsync(FileStream file, ReadOnlyMemory<byte> bytes, long? total, CancellationToken cancellationToken)
    {
        try
        {
            await file.WriteAsync(bytes, cancellationToken);
        }
        catch (IOException full)
        {
            throw new CommandFailedException(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: found {full.Message.TrimEnd('.')}, wanted room for {(total is { } all ? $"{all} bytes" : "the whole file")}. {file.Length} bytes are here; make room, and the same command goes on behind them."));
        }
    }
}
