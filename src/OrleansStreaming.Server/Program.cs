using OrleansStreaming.Server.Startup;

return await BrokerProgram.RunAsync(args, Console.Out, Console.Error);
