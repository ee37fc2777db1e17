using SmallBatch.Client;

return await SmallBatchConsole.RunAsync(args, SmallBatchConsole.StandardOutput(), Console.Error, TimeProvider.System);
