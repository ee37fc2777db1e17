using SmallBatch.Training.Protocol;

namespace SmallBatch.Silo.Trainers;

/// <summary>What a trainer is asked that takes no input.</summary>
internal static class TrainerQuestions
{
    /// <summary>Its one answer, or null where it had none; its exit code; its log. Cancelled, it is killed.</summary>
    public static async Task<(TrainerNotice? Answer, int ExitCode, string Log)> AskAsync(this ITrainerProgram program, string[] arguments, CancellationToken cancellationToken)
    {
        using var trainer = program.Start(arguments);
        try
        {
            trainer.Input.Close();
            var log = trainer.Log.ReadToEndAsync(cancellationToken);
            var line = await trainer.Output.ReadLineAsync(cancellationToken);
            var exitCode = await trainer.ExitAsync(cancellationToken);
            return (line is null ? null : TrainerProtocol.ReadNotice(line), exitCode, await log);
        }
        catch (OperationCanceledException)
        {
            trainer.Kill();
            throw;
        }
    }
}
