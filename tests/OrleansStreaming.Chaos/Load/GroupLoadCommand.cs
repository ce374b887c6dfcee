using System.CommandLine;

namespace OrleansStreaming.Chaos.Load;

/// <summary>The verb that measures many groups.</summary>
internal static class GroupLoadCommand
{
    public static Command Create()
    {
        var groups = new Option<int>("--groups") { DefaultValueFactory = _ => 200, Description = "How many groups." };
        var members = new Option<int>("--members") { DefaultValueFactory = _ => 5, Description = "Members of each." };
        var warmUp = new Option<int>("--warm-up") { DefaultValueFactory = _ => 120, Description = "Seconds of load before anything is measured." };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 30, Description = "How long is measured." };
        var configs = new Option<string[]>("--config") { HelpName = "NAME=VALUE", Description = "A Kafka broker config. May be repeated." };
        var command = new Command("group-load", "Many groups that commit once a second on three brokers: CPU of the brokers and time of a commit.") { groups, members, warmUp, seconds, configs };
        command.SetAction((parsed, _) => GroupLoad.RunAsync(parsed.GetValue(groups), parsed.GetValue(members), TimeSpan.FromSeconds(parsed.GetValue(warmUp)), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(configs) ?? []));
        return command;
    }
}
