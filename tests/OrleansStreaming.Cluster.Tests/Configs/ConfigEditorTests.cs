using System.Collections.Immutable;
using OrleansStreaming.Cluster.Configs;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cluster.Tests.Configs;

public sealed class ConfigEditorTests
{
    private static readonly ImmutableDictionary<string, string> _none = ImmutableDictionary<string, string>.Empty;

    [Fact]
    public void Set_and_delete()
    {
        var set = Edit(_none, Change("retention.ms", ConfigOperation.Set, "1000"));
        Assert.Equal("1000", set.Configs["retention.ms"]);
        Assert.Empty(Edit(set.Configs, Change("retention.ms", ConfigOperation.Delete, null)).Configs);
    }

    [Fact]
    public void Lists_are_appended_to_and_subtracted_from_starting_with_the_default()
    {
        var appended = Edit(_none, Change("cleanup.policy", ConfigOperation.Append, "compact"));
        Assert.Equal("delete,compact", appended.Configs["cleanup.policy"]);
        var again = Edit(appended.Configs, Change("cleanup.policy", ConfigOperation.Append, "compact"));
        Assert.Same(appended.Configs, again.Configs);
        Assert.Equal("compact", Edit(appended.Configs, Change("cleanup.policy", ConfigOperation.Subtract, "delete")).Configs["cleanup.policy"]);
    }

    [Fact]
    public void What_is_not_a_list_cannot_be_appended_to() =>
        Assert.Equal(ErrorCode.InvalidConfig, Edit(_none, Change("retention.ms", ConfigOperation.Append, "1")).Error);

    [Theory]
    [InlineData("retention.ms", "soon", ErrorCode.InvalidConfig)]
    [InlineData("no.such.config", "1", ErrorCode.InvalidConfig)]
    [InlineData("retention.ms", null, ErrorCode.InvalidRequest)]
    public void Bad_entries_are_refused_and_nothing_is_changed(string name, string? value, ErrorCode error)
    {
        var current = _none.Add("segment.ms", "5");
        var edit = Edit(current, Change("segment.ms", ConfigOperation.Set, "6"), Change(name, ConfigOperation.Set, value));
        Assert.Equal(error, edit.Error);
        Assert.Same(current, edit.Configs);
    }

    [Fact]
    public void A_config_named_twice_is_refused() =>
        Assert.Equal(
            ErrorCode.InvalidRequest,
            Edit(_none, Change("segment.ms", ConfigOperation.Set, "6"), Change("segment.ms", ConfigOperation.Delete, null)).Error);

    [Fact]
    public void The_old_alter_replaces_everything()
    {
        var current = _none.Add("segment.ms", "5").Add("retention.ms", "6");
        var command = new AlterConfigsCommand { ResourceName = "t", ReplaceAll = true, Changes = [Change("segment.ms", ConfigOperation.Set, "7")] };
        Assert.Equal("7", Assert.Single(ConfigEditor.Apply(current, command, ConfigRuleset.Topic).Configs).Value);
    }

    [Fact]
    public void Read_only_broker_configs_cannot_be_altered()
    {
        var command = new AlterConfigsCommand { ResourceName = "1", Changes = [Change("num.partitions", ConfigOperation.Set, "3")] };
        Assert.Equal(ErrorCode.InvalidRequest, ConfigEditor.Apply(_none, command, ConfigRuleset.Broker).Error);
    }

    [Fact]
    public void Values_that_contradict_each_other_are_refused() =>
        Assert.Equal(
            ErrorCode.InvalidConfig,
            Edit(_none, Change("min.compaction.lag.ms", ConfigOperation.Set, "10"), Change("max.compaction.lag.ms", ConfigOperation.Set, "5")).Error);

    private static ConfigEdit Edit(ImmutableDictionary<string, string> current, params ConfigChange[] changes) =>
        ConfigEditor.Apply(current, new AlterConfigsCommand { ResourceName = "t", Changes = changes }, ConfigRuleset.Topic);

    private static ConfigChange Change(string name, ConfigOperation operation, string? value) =>
        new() { Name = name, Operation = operation, Value = value };
}
