namespace SmallBatch.Client.Commands;

/// <summary>What the console's exit codes mean.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int BadInput = 2;
    public const int Unreachable = 3;
    public const int Interrupted = 130;
}
