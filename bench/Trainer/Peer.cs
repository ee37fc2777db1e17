using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SmallBatch.Bench.Trainer;

/// <summary>A process that measures on request, a line of JSON each way: PyTorch, or a second trainer.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Process process;

    /// <summary>Starts it.</summary>
    public Peer(string program, params string[] arguments)
        : this(new ProcessStartInfo(program, arguments))
    {
    }

    private Peer(ProcessStartInfo start)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        process = Process.Start(start)!;
    }

    /// <summary>PyTorch as its packages set it up, or with an allocator that keeps large blocks, as the trainer's own does.</summary>
    public static Peer Torch(bool keepsBlocks)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "trainer.py")]);
        if (keepsBlocks)
        {
            start.Environment["MALLOC_MMAP_THRESHOLD_"] = $"{1 << 30}";
            start.Environment["MALLOC_TRIM_THRESHOLD_"] = $"{int.MaxValue}";
            start.Environment["MALLOC_TOP_PAD_"] = $"{64 << 20}";
        }

        return new(start);
    }

    /// <summary>Asks, and waits for the answer.</summary>
    public JsonObject Ask(JsonObject question)
    {
        Send(question);
        return Receive();
    }

    /// <summary>Asks.</summary>
    public void Send(JsonObject question)
    {
        process.StandardInput.WriteLine(question.ToJsonString());
        process.StandardInput.Flush();
    }

    /// <summary>Waits for the answer.</summary>
    public JsonObject Receive() => JsonNode.Parse(process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{process.StartInfo.FileName} ended; its last words are above"))!.AsObject();

    /// <summary>Measures whole steps of a row for so much CPU time.</summary>
    public Rate Step(string row, string network, int m, double seconds) =>
        Ask(new() { ["ask"] = "step", ["row"] = row, ["network"] = network, ["m"] = m, ["seconds"] = seconds }).Deserialize<Rate>()!;

    /// <inheritdoc/>
    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
