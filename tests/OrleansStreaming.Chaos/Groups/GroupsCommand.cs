using System.CommandLine;

namespace OrleansStreaming.Chaos.Groups;

/// <summary>The verbs for groups of consumers.</summary>
internal static class GroupsCommand
{
    public const string ConsumerVerb = "group-consumer";

    public static Command Create()
    {
        var protocol = new Option<GroupProtocol>("--protocol") { Description = "How the group comes to its assignment; Consumer is KIP-848." };
        var session = new Option<int>("--session") { DefaultValueFactory = _ => 6_000, Description = "Session timeout of classic members in ms." };
        var sizes = new Option<int[]>("--size") { DefaultValueFactory = _ => [2, 4, 2, 8], Description = "How many consumers; repeated, one after the other." };
        var consumerKills = new Option<int>("--consumer-kills") { DefaultValueFactory = _ => 2, Description = "How many consumers are killed." };
        var coordinatorKills = new Option<int>("--coordinator-kills") { DefaultValueFactory = _ => 6, Description = "How often the coordinator's broker is killed." };
        var dwell = new Option<int>("--dwell") { DefaultValueFactory = _ => 5, Description = "Seconds of load between changes of size." };
        var rate = new Option<int>("--rate") { DefaultValueFactory = _ => 500, Description = "Records per second." };
        var configs = new Option<string[]>("--config") { HelpName = "NAME=VALUE", Description = "A Kafka broker config. May be repeated." };
        var command = new Command("groups", "A group of consumers under load on three brokers: it grows and shrinks, its members and its coordinator die.")
        {
            protocol, session, sizes, consumerKills, coordinatorKills, dwell, rate, configs,
        };
        command.SetAction(async (parsed, _) =>
        {
            var result = await GroupRun.RunAsync(new GroupRunOptions
            {
                Protocol = parsed.GetValue(protocol),
                SessionTimeout = TimeSpan.FromMilliseconds(parsed.GetValue(session)),
                Sizes = parsed.GetValue(sizes)!,
                ConsumerKills = parsed.GetValue(consumerKills),
                CoordinatorKills = parsed.GetValue(coordinatorKills),
                Dwell = TimeSpan.FromSeconds(parsed.GetValue(dwell)),
                Rate = parsed.GetValue(rate),
                BrokerConfigs = parsed.GetValue(configs) ?? [],
                Report = Console.WriteLine,
            });
            Console.WriteLine($"{result.Produced} records produced, {result.Reads} read, {result.Repeated} of them more than once; {result.Commits} commits acknowledged, refused: {result.Refusals}");
            foreach (var wrong in result.Wrong.Take(50))
            {
                Console.WriteLine($"WRONG {wrong}");
            }

            Console.WriteLine($"{result.Wrong.Count} broken promises");
            return result.Wrong.Count == 0 ? 0 : 1;
        });
        return command;
    }

    /// <summary>One consumer; runs until its standard input ends.</summary>
    public static Command CreateConsumer()
    {
        var bootstrap = new Option<string>("--bootstrap") { Required = true };
        var topic = new Option<string>("--topic") { Required = true };
        var group = new Option<string>("--group") { Required = true };
        var session = new Option<int>("--session") { Required = true };
        var cooperative = new Option<bool>("--cooperative");
        var command = new Command(ConsumerVerb, "One consumer of 'groups'.") { bootstrap, topic, group, session, cooperative };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            using var stopping = new CancellationTokenSource();
            var listening = new Thread(() =>
            {
                Console.In.ReadToEnd();
                stopping.Cancel();
            }) { IsBackground = true };
            listening.Start();
            using var consumer = new GroupConsumer(new ConsumerOptions
            {
                Bootstrap = parsed.GetValue(bootstrap)!,
                Topic = parsed.GetValue(topic)!,
                Group = parsed.GetValue(group)!,
                SessionTimeout = TimeSpan.FromMilliseconds(parsed.GetValue(session)),
                Protocol = parsed.GetValue(cooperative) ? GroupProtocol.Cooperative : GroupProtocol.Eager,
            });
            consumer.Run(stopping.Token);
            listening.Join();
        });
        return command;
    }
}
