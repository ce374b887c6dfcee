using System.CommandLine;

namespace OrleansStreaming.Chaos.Load;

/// <summary>The verb that measures many groups.</summary>
internal static class GroupLoadCommand
{
    public static Command Create()
    {
        var groups = new Option<int>("--groups") { DefaultValueFactory = _ => 200, Description = "How many groups." };
        var members = new Option<int>("--members") { DefaultValueFactory = _ => 5, Description = "Members of each." };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 30, Description = "How long is measured." };
        var command = new Command("group-load", "Many groups that commit once a second on three brokers: CPU of the brokers and time of a commit.") { groups, members, seconds };
        command.SetAction((parsed, _) => GroupLoad.RunAsync(parsed.GetValue(groups), parsed.GetValue(members), TimeSpan.FromSeconds(parsed.GetValue(seconds))));
        return command;
    }
}
