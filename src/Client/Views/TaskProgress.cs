using Spectre.Console;

namespace SmallBatch.Client.Views;

/// <summary>A progress bar for one thing that takes long: done, share, time left.</summary>
internal static class TaskProgress
{
    /// <summary>Runs <paramref name="work"/>, which says how much of how much is done (null: not known).</summary>
    public static async Task<T> RunAsync<T>(IAnsiConsole console, string title, Func<Action<double, double?, string>, Task<T>> work) =>
        await console.Progress()
            .AutoClear(false)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(title));
                task.IsIndeterminate = true;
                var result = await work((done, total, detail) =>
                {
                    (task.IsIndeterminate, task.MaxValue, task.Value) = (total is null, total ?? double.MaxValue, done);
                    task.Description = Markup.Escape($"{title} {detail}");
                });
                task.StopTask();
                return result;
            });
}
