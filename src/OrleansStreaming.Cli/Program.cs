using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Hosting;

return await new OstreamApplication(ToolHosting.OfProcess()).RunAsync(args);
