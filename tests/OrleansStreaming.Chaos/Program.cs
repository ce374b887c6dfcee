using System.CommandLine;
using OrleansStreaming.Chaos.Groups;
using OrleansStreaming.Chaos.Load;
using OrleansStreaming.Chaos.Scenarios;

var brokers = new Option<int>("--brokers") { DefaultValueFactory = _ => 3, Description = "How many brokers." };
var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 60, Description = "How long faults come." };
var period = new Option<int>("--period") { DefaultValueFactory = _ => 10, Description = "Seconds from one fault to the next." };
var producers = new Option<int>("--producers") { DefaultValueFactory = _ => 3, Description = "How many producers." };
var rate = new Option<int>("--rate") { DefaultValueFactory = _ => 500, Description = "Records per second and producer." };
var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1, Description = "Of the choice of faults." };
var faults = new Option<FaultKind[]>("--fault") { DefaultValueFactory = _ => [FaultKind.Kill], Description = "Which faults; may be repeated." };
var configs = new Option<string[]>("--config") { HelpName = "NAME=VALUE", Description = "A Kafka broker config. May be repeated." };
var root = new RootCommand("Runs a cluster of broker processes under load and faults, and checks that nothing acknowledged was lost, repeated or moved.");
foreach (var option in (Option[])[brokers, seconds, period, producers, rate, seed, faults, configs])
{
    root.Options.Add(option);
}

root.Subcommands.Add(GroupsCommand.Create());
root.Subcommands.Add(GroupsCommand.CreateConsumer());
root.Subcommands.Add(GroupLoadCommand.Create());
root.SetAction(async (parsed, _) =>
{
    var result = await ChaosRun.RunAsync(new ChaosOptions
    {
        Brokers = parsed.GetValue(brokers),
        Replication = (short)Math.Min(3, parsed.GetValue(brokers)),
        MinInSync = Math.Min(2, parsed.GetValue(brokers)),
        Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
        Period = TimeSpan.FromSeconds(parsed.GetValue(period)),
        Producers = parsed.GetValue(producers),
        Rate = parsed.GetValue(rate),
        Seed = parsed.GetValue(seed),
        Faults = parsed.GetValue(faults)!,
        BrokerConfigs = parsed.GetValue(configs) ?? [],
        Report = Console.WriteLine,
    });

    Console.WriteLine($"{result.Faults} faults; {result.Sent} records sent, {result.Acknowledged} acknowledged");
    Console.WriteLine(result.RecoveryLine());
    foreach (var error in result.FatalErrors.Concat(result.Wrong).Take(50))
    {
        Console.WriteLine($"WRONG {error}");
    }

    Console.WriteLine($"{result.Wrong.Count} broken promises, {result.FatalErrors.Count} errors that a client did not get over");
    return result.Wrong.Count + result.FatalErrors.Count == 0 ? 0 : 1;
});

return await root.Parse(args).InvokeAsync();
